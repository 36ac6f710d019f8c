internal import Platform
internal import Synchronization

/// Parts of packed files that were unpacked lately. Any number of threads may use it.
public final class UnpackedSections: Sendable {
    struct Key: Hashable {
        let name: String
        let number: Int64
    }

    private struct State {
        var sections: [Key: (bytes: SharedBytes, lastUse: UInt64)] = [:]
        var clock: UInt64 = 0
        var length = 0

        mutating func use(_ key: Key) -> SharedBytes? {
            clock += 1
            sections[key]?.lastUse = clock
            return sections[key]?.bytes
        }

        mutating func put(_ bytes: SharedBytes, _ key: Key, limit: Int) {
            clock += 1
            let old = sections.updateValue((bytes, clock), forKey: key)
            length += bytes.count - (old?.bytes.count ?? 0)
            while sections.count > 1, length > limit || sections.count > UnpackedSections.maximumCount,
                let oldest = sections.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                sections[oldest.key] = nil
                length -= oldest.value.bytes.count
            }
        }
    }

    /// Each is looked at when one must go.
    private static let maximumCount = 256

    private let limit: Int
    private let state = Locked(State())

    /// - Parameter limit: what all together may have; the one that was used last is kept whatever its length.
    public init(limit: Int = 0) { self.limit = limit }

    /// - Parameter make: called when the part is not there; two threads may both call it.
    func section(_ key: Key, make: () throws(SystemError) -> SharedBytes) throws(SystemError) -> SharedBytes {
        if let bytes = state.withLock({ $0.use(key) }) { return bytes }
        let bytes = try make()
        state.withLock { $0.put(bytes, key, limit: limit) }
        return bytes
    }
}
