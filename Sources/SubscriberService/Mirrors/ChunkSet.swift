internal import Platform

/// A set of a version's chunks, a bit each.
struct ChunkSet: Sendable, Equatable {
    let capacity: Int
    private(set) var count = 0
    private var words: [UInt64]

    init(capacity: Int) {
        self.capacity = capacity
        words = Array(repeating: 0, count: (capacity + 63) / 64)
    }

    var isFull: Bool { count == capacity }

    func contains(_ index: Int) -> Bool { words[index >> 6] >> UInt64(index & 63) & 1 == 1 }

    /// True when the chunk was not in the set.
    @discardableResult mutating func insert(_ index: Int) -> Bool {
        if contains(index) { return false }
        words[index >> 6] |= 1 << UInt64(index & 63)
        count += 1
        return true
    }

    mutating func remove(_ index: Int) {
        guard contains(index) else { return }
        words[index >> 6] &= ~(1 << UInt64(index & 63))
        count -= 1
    }

    /// The first chunk of `range` that is neither in this set nor in `other`, which has the same capacity.
    func firstMissing(in range: Range<Int>, and other: ChunkSet) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            let free = ~(words[index >> 6] | other.words[index >> 6]) >> UInt64(index & 63)
            if free != 0 {
                index += free.trailingZeroBitCount
                return index < range.upperBound ? index : nil
            }
            index = (index >> 6 + 1) << 6
        }
        return nil
    }
}

extension ChunkSet {
    /// As it is stored: the words, little-endian.
    var encoded: [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
    }

    /// `nil` when the bytes are not those of a set of that capacity.
    init?(encoded: [UInt8], capacity: Int) {
        self.init(capacity: capacity)
        guard encoded.count == words.count * 8 else { return nil }
        for (index, byte) in encoded.enumerated() { words[index / 8] |= UInt64(byte) << (8 * UInt64(index % 8)) }
        if capacity % 64 != 0, let last = words.last, last >> UInt64(capacity % 64) != 0 { return nil }
        count = words.saturatingSum { $0.nonzeroBitCount }
    }
}
