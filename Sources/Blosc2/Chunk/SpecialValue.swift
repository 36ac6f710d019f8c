/// What a chunk that has no bytes consists of.
public enum SpecialValue: Sendable, Hashable {
    case zeros
    case notANumber
    case uninitialized

    /// The meaning of a negative entry in the table of offsets: its highest byte holds the kind.
    init?(offset: Int64) {
        let kind = UInt8(truncatingIfNeeded: offset >> 56) & 0x7f
        // C-Blosc2's order of tests, which matters where more than one bit is set.
        if kind & 1 != 0 {
            self = .zeros
        } else if kind & 4 != 0 {
            self = .uninitialized
        } else if kind & 2 != 0 {
            self = .notANumber
        } else {
            return nil
        }
    }
}
