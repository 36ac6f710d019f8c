/// The framing of `multipart/byteranges`.
struct MultipartRanges: Sendable {
    struct Part: Sendable {
        let head: String
        let range: Range<Int64>
    }

    let boundary: String
    let parts: [Part]
    /// What comes after the last part.
    let end: String
    /// Of the whole body.
    let length: Int64

    init(_ ranges: [Range<Int64>], length: Int64, contentType: String) {
        // As random as it is, it occurs in no part.
        let boundary = "bpubsub-" + (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        self.boundary = boundary
        parts = ranges.enumerated().map { index, range in
            let head = [
                (index == 0 ? "" : "\r\n") + "--\(boundary)", "Content-Type: \(contentType)",
                "Content-Range: \(RangedBody.contentRange(range, of: length))", "\r\n",
            ]
            return Part(head: head.joined(separator: "\r\n"), range: range)
        }
        end = "\r\n--\(boundary)--\r\n"
        self.length = parts.reduce(Int64(end.utf8.count)) { $0 + Int64($1.head.utf8.count + $1.range.count) }
    }
}
