/// Where a value of a JSON text is; the nodes of a text are in the order in which the values begin, those of an array's
/// elements and of an object's keys and values behind its own.
struct JSONNode {
    enum Kind: UInt8 {
        case null, `true`, `false`, integer, number, string, array, object
        /// A string with a backslash in it.
        case escaped
    }

    var kind: Kind
    /// The first byte, and how many.
    var start: UInt32
    var length: UInt32
    /// The number of the node behind the last that belongs to this one.
    var end: UInt32

    var isString: Bool { kind == .string || kind == .escaped }

    /// What stands behind a backslash, and for what.
    static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
