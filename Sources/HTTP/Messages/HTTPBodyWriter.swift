public import Platform

/// Where a ``HTTPResponse/Body/stream(length:_:)`` closure puts its bytes.
public struct HTTPBodyWriter: Sendable {
    /// Queues a part for the client; returns once there is room for more.
    let put: @Sendable (OutboundPiece) async throws(HTTPError) -> Void

    /// Queues `bytes` for the client, without a copy; returns once there is room for more.
    ///
    /// - Throws: ``HTTPError/Code/peerClosed`` when nobody reads any more.
    public func write(_ bytes: SharedBytes) async throws(HTTPError) { try await put(.bytes(bytes)) }

    /// Queues a part of a file that was written a moment ago: it is read from the page cache into the send buffer.
    /// Returns once there is room for more.
    ///
    /// - Throws: ``HTTPError/Code/peerClosed`` when nobody reads any more.
    public func write(_ file: FileDescriptor, _ range: Range<Int64>) async throws(HTTPError) {
        try await put(.file(file, offset: range.lowerBound, length: range.count))
    }
}
