internal import Platform

/// The framing of a chunked body.
enum HTTPChunk {
    /// The end of a body.
    static let last = "0\r\n\r\n"

    /// `bytes` as one chunk; nothing for nothing, since an empty chunk would end the body.
    static func framed(_ bytes: SharedBytes, following prefix: String = "", isLast: Bool = false) -> SharedBytes {
        var head = prefix
        if bytes.count > 0 { head += String(bytes.count, radix: 16) + "\r\n" }
        let tail = (bytes.count > 0 ? "\r\n" : "") + (isLast ? last : "")
        return SharedBytes(capacity: head.utf8.count + bytes.count + tail.utf8.count) { span in
            for byte in head.utf8 { span.append(byte) }
            span.withUnsafeMutableBytes { buffer, count in
                UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes.pointer)
                count += bytes.count
            }
            for byte in tail.utf8 { span.append(byte) }
        }
    }
}
