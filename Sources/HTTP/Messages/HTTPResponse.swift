public import Platform

/// The answer that a handler gives.
public struct HTTPResponse: Sendable {
    /// Where the bytes come from; each case is another way out of the process.
    public enum Body: Sendable {
        case none
        /// One block of memory, sent without a copy.
        case bytes(SharedBytes)
        /// Several blocks, sent in one `writev` without a copy.
        case segments([SharedBytes])
        /// A range of a file, read as it is sent. When the file turns out to be shorter, the connection is cut.
        case file(FileDescriptor, offset: Int64, length: Int64)
        /// A range of a file that nobody makes shorter: sent by the kernel from its page cache, at half the cost. When the
        /// file is too short already, the connection is cut; when it becomes so meanwhile, it is the idle timeout that ends
        /// the answer.
        case fixedFile(FileDescriptor, offset: Int64, length: Int64)
        /// Bytes made on the way, `length` of them, or as many as come (chunked encoding). An error that the closure
        /// throws cuts the connection, so that no client takes a part for the whole.
        case stream(length: Int64?, @Sendable (HTTPBodyWriter) async throws -> Void)
    }

    public var status: Int
    public var headers: HTTPHeaders
    public var body: Body
    /// What the body holds of a budget; others may be sending the same. Without one the server makes its own.
    public var claim: ByteBudget.Claim?

    public init(status: Int = 200, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension HTTPResponse {
    /// `{"detail": "…"}` with a status: how every refusal looks.
    public static func refusal(_ status: Int, _ detail: String) -> HTTPResponse {
        json(status: status, "{\"detail\":\(JSONText.quoted(detail))}")
    }

    /// A body that is JSON already.
    public static func json(status: Int = 200, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "application/json"], body: .bytes(SharedBytes(text)))
    }
}

extension HTTPResponse.Body {
    /// Bytes of memory that it takes until it is sent.
    var memory: Int {
        switch self {
        case .none, .fixedFile: 0
        case .bytes(let bytes): bytes.count
        case .segments(let segments): segments.saturatingSum { $0.count }
        // What is read of it at a time.
        case .file(_, _, let length): min(Int(clamping: length), 128 << 10)
        // The send buffer and what waits for it, or is read meanwhile.
        case .stream(let length, _): Int(min(length ?? .max, 512 << 10))
        }
    }
}
