/// A value as MessagePack stores it.
public enum MessagePackValue: Sendable, Hashable {
    public struct Pair: Sendable, Hashable {
        public let key: MessagePackValue
        public let value: MessagePackValue

        public init(key: MessagePackValue, value: MessagePackValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case binary([UInt8])
    case array([MessagePackValue])
    /// In the order in which it is stored.
    case map([Pair])
    case ext(Int8, [UInt8])

    /// An integer that fits.
    var integer: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        default: nil
        }
    }
}
