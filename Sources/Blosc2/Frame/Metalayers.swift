internal import Arrays

/// Named contents, as the header (metalayers) and the trailer (user attributes) of a frame hold them.
struct Metalayers {
    let entries: [(name: String, content: Range<Int>)]

    /// - Parameters:
    ///   - start: where the map of names begins in `bytes`; offsets in it count from the start of `bytes`.
    ///   - limit: how many there may be.
    init(_ bytes: RawSpan, at start: Int, limit: Int, of part: String) throws(ArrayError) {
        guard bytes.byte(start) == 0x93, bytes.byte(start + 1) == 0xcd, bytes.byte(start + 4) == 0xde,
            let count: UInt16 = bytes.bigEndian(start + 5)
        else { throw .corrupt("\(part): no map of names") }
        guard count <= limit else { throw .corrupt("\(part): \(count) names, more than \(limit)") }
        var entries: [(name: String, content: Range<Int>)] = []
        var position = start + 7
        for _ in 0..<count {
            guard let mark = bytes.byte(position), mark & 0xe0 == 0xa0,
                let name = bytes.copy(position + 1, count: Int(mark & 0x1f)),
                bytes.byte(position + 1 + name.count) == 0xd2,
                let offset: Int32 = bytes.bigEndian(position + 2 + name.count)
            else { throw .corrupt("\(part): its map of names is damaged") }
            position += 6 + name.count
            let text = String(decoding: name, as: UTF8.self)
            entries.append((text, try Self.content(bytes, at: Int(offset), of: "\(part): '\(text)'")))
        }
        self.entries = entries
    }

    private static func content(_ bytes: RawSpan, at offset: Int, of part: String) throws(ArrayError) -> Range<Int> {
        guard offset >= 0, bytes.byte(offset) == 0xc6, let length: UInt32 = bytes.bigEndian(offset + 1),
            Int(length) <= bytes.byteCount - offset - 5
        else { throw .corrupt("\(part): no content at \(offset)") }
        return (offset + 5)..<(offset + 5 + Int(length))
    }
}
