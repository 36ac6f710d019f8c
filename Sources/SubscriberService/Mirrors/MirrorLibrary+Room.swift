import Catalogue
import Platform
import Synchronization

/// Making room.
extension MirrorLibrary {
    /// How far ahead of a reader is fetched: with a limit not so far that it would push out what is yet to be read.
    var window: Int64 { limit.map { min(max($0 / 4, 1 << 20), 64 << 20) } ?? .max }

    /// Bytes that are held above the limit, as the index knows.
    var excess: Int64 { limit.map { limit in table.withLock { $0.heldBytes - limit } } ?? 0 }

    /// What can make room: chunks of mirrors that are open and not complete, all others as a whole.
    func candidates(_ isKept: (Version) -> Bool) -> [RoomPlan.Candidate] {
        let mirrors = table.withLock { table in table.summaries.map { ($0.key, $0.value, table[$0.key]) } }
        var result: [RoomPlan.Candidate] = []
        for (version, summary, mirror) in mirrors where !isKept(version) {
            let removable = mirror?.removable ?? []
            for (chunk, used, bytes) in removable {
                result.append(.init(version: version, chunk: chunk, used: used, bytes: bytes))
            }
            let isWhole = mirror.map { $0.isComplete || removable.isEmpty && $0.isIdle } ?? true
            if isWhole, summary.held > 0 {
                result.append(
                    .init(version: version, chunk: nil, used: mirror?.used ?? summary.used, bytes: summary.held))
            }
        }
        return result
    }

    /// Removes chunks of a mirror, or so many of the least recently used that there is enough room.
    ///
    /// - Returns: whether there is nothing left but what the file cannot be opened without.
    func remove(_ choice: RoomPlan.Choice, of version: Version, filler: any MirrorFilling) async throws -> Bool {
        guard let mirror = try await existing(version, filler: filler) else { return false }
        let outcome = await pool.run { [self] in
            Result {
                let chunks =
                    switch choice {
                    case .chunks(let chunks): chunks
                    case .bytes(let bytes): RoomPlan.leastRecentlyUsed(mirror.removable, bytes)
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
        try mirror.remove(chunks) {
            // The index first, with a stamp that no file has: if the process ends here, the file is read again.
            try index.mark(
                mirror.version, present: mirror.present, blocks: mirror.blocks.held, held: mirror.heldBytes, stamp: -1,
                used: mirror.used)
        }
    }

    /// Removes a mirror as a whole. One that is complete may be in use: whoever reads it keeps the file.
    ///
    /// - Returns: whether it is gone.
    func discard(_ version: Version) async -> Bool {
        // Fails with cancellation alone.
        let isGone = try? await opening.with(version) {
            let isFree = table.withLock { table in
                if table[version]?.isComplete == true, !table.unsaved.contains(version) { table.letGo(version) }
                guard table.close(version) else { return false }
                table.forget(version)
                return true
            }
            if isFree { await pool.run { [self] in delete(version) } }
            return isFree
        }
        return isGone ?? false
    }
}
