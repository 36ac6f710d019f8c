import Platform
import Synchronization

/// A disk that is full, fails or may not be written, until it is well again.
extension MirrorKeeper {
    private static let trialPause = Duration.seconds(1)

    /// Tries the disk until it is well; then what could not be kept on it is tried again. One file that fails is not the disk.
    func tryDisk() {
        let isFirst = shared.withLock { shared in
            defer { shared.isTryingDisk = true }
            return !shared.isTryingDisk
        }
        guard isFirst else { return }
        // Refused when the subscriber is stopping.
        _ = transfers.submit { [self] in
            if library.trouble.withLock({ $0 == nil }) { await pool.run { [library] in library.tryDisk() } }
            let wasIll = library.trouble.withLock { $0 != nil }
            while library.trouble.withLock({ $0 != nil }) {
                guard (try? await Task.sleep(for: Self.trialPause)) != nil else { return }
                await pool.run { [library] in library.tryDisk() }
            }
            shared.withLock { $0.isTryingDisk = false }
            guard wasIll else { return }
            log.info("the disk can be written again")
            let waiting = shared.withLock { shared in
                shared.withoutCopy.union(shared.holdings.byPath.filter { $0.value.isWanted }.keys)
            }
            for path in waiting { enqueue(path) }
        }
    }
}

extension MirrorLibrary {
    /// The disk has failed. It is tried from now on, until it is well.
    func note(_ failure: FetchFailure) {
        guard failure.isLocal else { return }
        // What else fails may be one file's; whether it is the disk's is found out.
        if failure.reason == .noRoom { trouble.withLock { $0 = failure } }
        onTrouble.withLock { $0 }?()
    }

    /// Writes a little, as a mirror is written. Blocks.
    func tryDisk() {
        let path = FileSystem.temporaryName(in: folder)
        defer { try? FileSystem.unlink(path) }
        do {
            try FileSystem.createDirectories(folder)
            let file = try FileDescriptor(path, .creating)
            try SharedBytes([UInt8](repeating: 1, count: 65_536)).withBytes { (bytes: RawSpan) throws(SystemError) in
                try file.write(bytes, at: 0)
            }
            try file.synchronize()
            try index.tryToWrite()
            trouble.withLock { $0 = nil }
        } catch {
            trouble.withLock { $0 = FetchFailure(disk: error) }
        }
    }
}
