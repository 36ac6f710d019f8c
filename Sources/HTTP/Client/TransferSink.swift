/// Where an answer goes. Made and used on the transfer's thread.
protocol TransferSink: AnyObject {
    /// Called once.
    func receive(_ head: HTTPClient.Head) throws
    func receive(_ bytes: RawSpan) throws
    /// The answer is complete; what it returns is the response's body.
    func finish() throws -> [UInt8]
}

/// Hands everything to callbacks.
final class ForwardingSink: TransferSink {
    private let onHead: (HTTPClient.Head) throws -> Void
    private let onBytes: (RawSpan) throws -> Void

    init(onHead: @escaping (HTTPClient.Head) throws -> Void, onBytes: @escaping (RawSpan) throws -> Void) {
        self.onHead = onHead
        self.onBytes = onBytes
    }

    func receive(_ head: HTTPClient.Head) throws { try onHead(head) }
    func receive(_ bytes: RawSpan) throws { try onBytes(bytes) }
    func finish() -> [UInt8] { [] }
}
