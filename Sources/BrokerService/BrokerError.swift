/// Why a broker cannot start: one line for who starts it, with what would mend it.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    public let message: String

    init(_ message: String) { self.message = message }

    public var description: String { message }
}
