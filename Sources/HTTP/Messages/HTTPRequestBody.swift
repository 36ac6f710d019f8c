/// The upload of a request, read once.
public struct HTTPRequestBody: Sendable {
    /// The whole body.
    ///
    /// - Throws: ``HTTPError/Code/tooLarge`` beyond `limit` bytes; ``HTTPError/Code/peerClosed``.
    public func collect(upTo limit: Int) async throws(HTTPError) -> [UInt8] { [] }
}

/// Where a ``HTTPResponse/Body/stream(length:_:)`` closure puts its bytes.
public struct HTTPBodyWriter: Sendable {}
