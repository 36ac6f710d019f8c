import Platform
import Synchronization

/// A disk that is full, fails or may not be written, until it is well again.
extension MirrorKeeper {
    private static let trialPause = Duration.seconds(1)

    /// Tries the disk until it is well; then what could not be had is tried again.
    func tryDisk() {
        // Refused when the subscriber is stopping.
        _ = transfers.submit { [self] in
            while library.trouble.withLock({ $0 != nil }) {
                guard (try? await Task.sleep(for: Self.trialPause)) != nil else { return }
                await pool.run { [library] in library.tryDisk() }
            }
            log.info("the disk can be written again")
            tryAllAgain { _ in true }
        }
    }
}

extension MirrorLibrary {
    /// The disk has failed. It is tried from now on, until it is well.
    func note(_ failure: FetchFailure) {
        guard failure.isLocal else { return }
        let isNew = trouble.withLock { trouble in
            defer { trouble = failure }
            return trouble == nil
        }
        if isNew { onTrouble.withLock { $0 }?() }
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
