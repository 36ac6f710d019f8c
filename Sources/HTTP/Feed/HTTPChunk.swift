internal import Platform

/// Bytes of a chunked body, framed once for all who get them; and what is inside, for those who cannot read chunks.
struct HTTPChunk: Sendable {
    /// The end of a body.
    static let last = "0\r\n\r\n"

    let bytes: SharedBytes
    /// Where in `bytes` that is which was framed.
    let content: Range<Int>

    /// `bytes` as one chunk; nothing for nothing, since an empty chunk would end the body.
    init(_ bytes: SharedBytes, following prefix: String = "", isLast: Bool = false) {
        var head = prefix
        if bytes.count > 0 { head += String(bytes.count, radix: 16) + "\r\n" }
        let tail = (bytes.count > 0 ? "\r\n" : "") + (isLast ? Self.last : "")
        content = head.utf8.count..<head.utf8.count + bytes.count
        self.bytes = SharedBytes(capacity: head.utf8.count + bytes.count + tail.utf8.count) { span in
            for byte in head.utf8 { span.append(byte) }
            span.withUnsafeMutableBytes { buffer, count in
                UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes.pointer)
                count += bytes.count
            }
            for byte in tail.utf8 { span.append(byte) }
        }
    }
}
