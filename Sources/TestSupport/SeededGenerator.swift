/// The same numbers in every run (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

extension SeededGenerator {
    /// Some slice of an array, as text: every kind of bound, step and position that it may have.
    public mutating func slice(of shape: [Int]) -> String {
        shape.map { size in
            if size > 0, Int.random(in: 0..<5, using: &self) == 0 {
                return "\(Int.random(in: -size..<size, using: &self))"
            }
            let step = [1, 1, 1, 2, 3, 5, 13, -1, -1, -2, -4].randomElement(using: &self) ?? 1
            return "\(bound(size)):\(bound(size)):\(step)"
        }.joined(separator: ", ")
    }

    /// At times beyond the array, at times none.
    private mutating func bound(_ size: Int) -> String {
        Bool.random(using: &self) ? "" : "\(Int.random(in: -size - 2...size + 2, using: &self))"
    }
}
