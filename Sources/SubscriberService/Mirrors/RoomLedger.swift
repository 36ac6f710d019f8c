import Catalogue
import Platform

/// Bytes that mirrors take on the disk, and those that are about to be written; no I/O.
struct RoomLedger {
    /// Bytes that may be held; `nil` for as many as there is room for.
    let limit: Int64?
    private var sizes: [Version: Int64] = [:]
    private var copies: [DatasetPath: Int64] = [:]
    /// Bytes on the disk.
    private(set) var used: Int64 = 0
    /// Bytes that are on their way there.
    private(set) var reserved: Int64 = 0

    init(limit: Int64?) { self.limit = limit }

    /// - Parameter bytes: what the version's mirror takes on the disk; `nil` when it is gone.
    mutating func set(_ version: Version, _ bytes: Int64?) {
        used += (bytes ?? 0) - (sizes[version] ?? 0)
        sizes[version] = bytes
    }

    /// - Parameter bytes: what a dataset's copy takes that is no second name of a mirror.
    mutating func setCopy(_ path: DatasetPath, _ bytes: Int64?) {
        used += (bytes ?? 0) - (copies[path] ?? 0)
        copies[path] = bytes
    }

    func size(_ version: Version) -> Int64 { sizes[version] ?? 0 }

    /// Bytes that have to go before `more` may come.
    func excess(_ more: Int64 = 0) -> Int64 {
        guard let limit else { return 0 }
        return used +| reserved +| more -| limit
    }

    /// Takes room, if there is.
    mutating func reserve(_ bytes: Int64) -> Bool {
        guard excess(bytes) <= 0 else { return false }
        reserved += bytes
        return true
    }

    /// Takes room although there is none: of what is in use already, and goes soon.
    mutating func exceed(_ bytes: Int64) { reserved += bytes }

    /// What was reserved has been written, or will not be.
    mutating func release(_ bytes: Int64) { reserved -= bytes }
}
