import Catalogue
import Platform
import Synchronization

/// Making room.
extension MirrorLibrary {
    /// How far ahead of a reader is fetched: with a limit not so far that it would push out what is yet to be read.
    var window: Int64 { limit.map { min(max($0 / 4, 1 << 20), 64 << 20) } ?? .max }

    /// Bytes of mirrors on the disk.
    var used: Int64 { ledger.withLock { $0.used } }
    func noteCopy(_ path: DatasetPath, _ bytes: Int64?) { ledger.withLock { $0.setCopy(path, bytes) } }
    func size(_ version: Version) -> Int64 { ledger.withLock { $0.size(version) } }
    func reserve(_ bytes: Int64) -> Bool { ledger.withLock { $0.reserve(bytes) } }
    func exceed(_ bytes: Int64) { ledger.withLock { $0.exceed(bytes) } }
    func release(_ bytes: Int64) { ledger.withLock { $0.release(bytes) } }

    /// Bytes that have to go before `more` may come.
    func excess(_ more: Int64 = 0) -> Int64 { ledger.withLock { $0.excess(more) } }

    /// Looks at what a mirror takes on the disk now.
    func measure(_ mirror: Mirror) {
        // One that cannot be looked at is as large as it was; one that is gone is counted by nobody.
        guard opened(mirror.version) === mirror, let bytes = try? mirror.file.allocatedBytes() else { return }
        ledger.withLock { $0.set(mirror.version, bytes) }
    }

    /// Tries it: what a file system says of itself is not always so.
    static func hasHoles(_ folder: String) -> Bool {
        let path = FileSystem.temporaryName(in: folder)
        defer { try? FileSystem.unlink(path) }
        do {
            let file = try FileDescriptor(path, .creating)
            try SharedBytes([UInt8](repeating: 1, count: 16_384)).withBytes { (bytes: RawSpan) throws(SystemError) in
                try file.write(bytes, at: 0)
            }
            try file.punchHole(at: 0, length: 8192)
            return true
        } catch {
            // A disk that is full or may not be written says nothing of holes.
            return error.code != SystemError.notSupported
        }
    }

    /// What can make room: chunks of mirrors that are open and not complete, all others as a whole.
    ///
    /// - Parameters:
    ///   - mirror: whom the room is for. One that does not fit as a whole flows through: what has been read of it goes first.
    ///   - isPressing: see ``Mirror/removable(isPressing:)``.
    func candidates(
        for mirror: Mirror? = nil, isPressing: Bool = false, _ isKept: (Version) -> Bool
    ) -> [RoomPlan.Candidate] {
        let mirrors = table.withLock { table in table.summaries.map { ($0.key, $0.value, table[$0.key]) } }
        let hasHoles = hasHoles.withLock { $0 }
        var result: [RoomPlan.Candidate] = []
        for (version, summary, open) in mirrors where !isKept(version) {
            // Without a limit, answers are sent from files that are being filled: nothing is taken out of those.
            let removable = limit == nil ? [] : open?.removable(isPressing: isPressing) ?? []
            let flows = open != nil && open === mirror && limit.map { summary.size > $0 } == true
            if hasHoles {
                for (chunk, used, bytes) in removable {
                    result.append(.init(version: version, chunk: chunk, used: flows ? .zero : used, bytes: bytes))
                }
            }
            let isWhole = open.map { $0.isComplete || (removable.isEmpty || !hasHoles) && $0.isIdle } ?? true
            let bytes = size(version)
            if isWhole, bytes > 0 {
                result.append(.init(version: version, chunk: nil, used: open?.used ?? summary.used, bytes: bytes))
            }
        }
        return result
    }

    /// Removes chunks of a mirror, or so many of the least recently used that there is enough room.
    ///
    /// - Returns: whether there is nothing left but what the file cannot be opened without.
    func remove(_ choice: RoomPlan.Choice, of version: Version, filler: any MirrorFilling) async throws -> Bool {
        guard hasHoles.withLock({ $0 }) else { return true }
        guard let mirror = try await existing(version, filler: filler) else { return false }
        let outcome = await pool.run { [self] in
            Result {
                let chunks =
                    switch choice {
                    case .chunks(let chunks): chunks
                    case .bytes(let bytes): RoomPlan.leastRecentlyUsed(mirror.removable(), bytes)
                    }
                if chunks.isEmpty { return mirror.isIdle }
                if try remove(chunks, of: mirror), let summary = write(mirror) {
                    table.withLock { $0.saved(version, summary) }
                }
                return false
            }
        }
        return try outcome.get()
    }

    private func remove(_ chunks: [Int], of mirror: Mirror) throws -> Bool {
        defer { measure(mirror) }
        return try mirror.remove(chunks, isPressing: true) {
            // The index first, with a stamp that no file has: if the process ends here, the file is read again.
            try index.mark(
                MirrorIndex.Mark(held: mirror.held, stamp: -1, used: mirror.used))
        }
    }

    /// Removes a mirror as a whole. One that is complete may be in use: whoever reads it keeps the file.
    ///
    /// - Returns: whether it is gone.
    func discard(_ version: Version) async -> Bool {
        // Fails with cancellation alone.
        let isGone = try? await opening.with(version) {
            let isFree = table.withLock { table in
                if table[version]?.isComplete == true { table.letGo(version) }
                guard table.close(version, isUnwanted: true) else { return false }
                table.forget(version)
                return true
            }
            if isFree { await pool.run { [self] in delete(version) } }
            return isFree
        }
        return isGone ?? false
    }
}
