internal import CZlib
public import Platform

/// The content coding `gzip`.
public enum Gzip {
    /// Good for text, which is mostly what is compressed here, at a third of the time of the default.
    static let level: Int32 = 4

    /// `bytes`, compressed in one go. It computes: large ones belong on a `BlockingPool`.
    public static func compress(_ bytes: RawSpan) -> SharedBytes {
        let stream = GzipStream()
        return SharedBytes(stream.feed(bytes) + stream.finish())
    }

    /// `bytes`, compressed in one go.
    public static func compress(_ bytes: SharedBytes) -> SharedBytes { bytes.withBytes { compress($0) } }

    /// `bytes`, compressed in one go.
    public static func compress(_ bytes: [UInt8]) -> SharedBytes { compress(bytes.span.bytes) }

    /// Whether a header `Accept-Encoding` allows it.
    static func isAccepted(by header: String?) -> Bool {
        guard let header else { return false }
        var others = false
        for part in header.split(separator: ",") {
            let fields = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = fields.first else { continue }
            let quality = fields.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if name == "gzip" || name == "x-gzip" { return quality > 0 }
            if name == "*" { others = quality > 0 }
        }
        return others
    }
}

extension HTTPRequest {
    /// The client can read a gzipped body. An answer that depends on it says so: `Vary: Accept-Encoding`.
    public var acceptsGzip: Bool { Gzip.isAccepted(by: headers.list("Accept-Encoding")) }
}
