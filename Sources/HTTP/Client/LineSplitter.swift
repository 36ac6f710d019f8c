internal import Glibc
internal import Platform

/// Cuts a stream of bytes into lines that end with `\n` or `\r\n`. A line that lies whole in a piece is not copied.
struct LineSplitter: ~Copyable {
    /// The longest line, its end not counted.
    let limit: Int
    private var rest = ByteAccumulator(capacity: 4096)

    init(limit: Int) { self.limit = min(limit, Int.max - 1) }

    /// Whether there is the beginning of a line without its end.
    var hasRest: Bool { rest.count > 0 }

    /// Calls `onLine` for each line that `bytes` completes; false when a line is longer than the limit.
    mutating func split(_ bytes: RawSpan, _ onLine: (RawSpan) throws -> Void) throws -> Bool {
        var start = 0
        while let end = Self.lineEnd(in: bytes, from: start) {
            let piece = bytes.extracting(start..<end)
            let isWithinLimit: Bool
            if hasRest {
                guard rest.count + piece.byteCount <= limit + 1 else { return false }
                rest.append(piece)
                isWithinLimit = try takeRest(onLine)
            } else {
                isWithinLimit = try hand(piece, to: onLine)
            }
            guard isWithinLimit else { return false }
            start = end + 1
        }
        // One more, since it can be the `\r` of a line end.
        guard rest.count + (bytes.byteCount - start) <= limit + 1 else { return false }
        rest.append(bytes.extracting(start..<bytes.byteCount))
        return true
    }

    /// Calls `onLine` for what came after the last line end, if anything; false when it is longer than the limit.
    mutating func takeRest(_ onLine: (RawSpan) throws -> Void) throws -> Bool {
        guard hasRest else { return true }
        defer {
            // A line as long as the limit shall not cost its memory for the rest of a long-lived stream.
            if rest.count > 256 * 1024 { rest = ByteAccumulator(capacity: 4096) } else { rest.removeAll() }
        }
        return try rest.withBytes { bytes in try hand(bytes, to: onLine) }
    }

    private func hand(_ line: RawSpan, to onLine: (RawSpan) throws -> Void) throws -> Bool {
        var count = line.byteCount
        if count > 0, line.unsafeLoad(fromByteOffset: count - 1, as: UInt8.self) == 13 { count -= 1 }
        guard count <= limit else { return false }
        try onLine(line.extracting(0..<count))
        return true
    }

    private static func lineEnd(in bytes: RawSpan, from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard start < buffer.count, let base = buffer.baseAddress else { return nil }
            guard let found = memchr(base + start, 10, buffer.count - start) else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
