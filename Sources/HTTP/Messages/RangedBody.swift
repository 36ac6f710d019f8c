internal import Platform

/// Makes the bodies of ``HTTPResponse/ranged(request:length:etag:contentType:headers:file:body:)``.
struct RangedBody: Sendable {
    /// Read at a time.
    private static let piece: Int64 = 1 << 20

    let file: FileDescriptor?
    let read: @Sendable (Range<Int64>) async throws -> SharedBytes

    static func contentRange(_ range: Range<Int64>, of length: Int64) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
    }

    func single(_ range: Range<Int64>, isHead: Bool) async throws -> HTTPResponse.Body {
        let length = Int64(range.count)
        if length == 0 { return .none }
        // Nobody is going to read it; only its length counts.
        if isHead { return .stream(length: length) { _ in } }
        if let file { return .file(file, offset: range.lowerBound, length: length) }
        let first = try await start(of: range)
        if first.count == length { return .bytes(first) }
        return .stream(length: length) { writer in
            try await writer.write(first)
            try await copy(range.lowerBound + Int64(first.count)..<range.upperBound, to: writer)
        }
    }

    func multipart(_ ranges: MultipartRanges) async throws -> HTTPResponse.Body {
        if ranges.length <= Self.piece { return .segments(try await segments(ranges)) }
        let first = try await start(of: ranges.parts[0].range)
        return .stream(length: ranges.length) { writer in
            for (index, part) in ranges.parts.enumerated() {
                try await writer.write(SharedBytes(part.head))
                var start = part.range.lowerBound
                if index == 0 {
                    try await writer.write(first)
                    start += Int64(first.count)
                }
                try await copy(start..<part.range.upperBound, to: writer)
            }
            try await writer.write(SharedBytes(ranges.end))
        }
    }

    /// All of it, for small answers: an error in any part can still become a status.
    private func segments(_ ranges: MultipartRanges) async throws -> [SharedBytes] {
        var result: [SharedBytes] = []
        for part in ranges.parts {
            result.append(SharedBytes(part.head))
            var position = part.range.lowerBound
            while position < part.range.upperBound {
                let bytes = try await start(of: position..<part.range.upperBound)
                result.append(bytes)
                position += Int64(bytes.count)
            }
        }
        return result + [SharedBytes(ranges.end)]
    }

    private func copy(_ range: Range<Int64>, to writer: HTTPBodyWriter) async throws {
        var position = range.lowerBound
        while position < range.upperBound {
            let bytes = try await start(of: position..<range.upperBound)
            try await writer.write(bytes)
            position += Int64(bytes.count)
        }
    }

    /// The first piece of a range that is not empty.
    private func start(of range: Range<Int64>) async throws -> SharedBytes {
        let wanted = range.lowerBound..<min(range.upperBound, range.lowerBound + Self.piece)
        let bytes = try await read(wanted)
        guard bytes.count > 0, bytes.count <= wanted.count else {
            throw HTTPError(
                .system,
                "bytes \(wanted.lowerBound) to \(wanted.upperBound - 1) were to be sent, and \(bytes.count) came")
        }
        return bytes
    }
}
