internal import Platform

/// Makes the bodies of ``HTTPResponse/ranged(request:length:etag:contentType:headers:file:body:)``.
struct RangedBody: Sendable {
    /// Read at a time.
    private static let piece: Int64 = 1 << 20
    /// Of a growing file: the first bytes should leave soon.
    private static let growingPiece: Int64 = 1 << 18

    let file: FileDescriptor?
    /// Waits until the file has these bytes; `nil` when it has them all.
    let awaitBytes: (@Sendable (Range<Int64>) async throws -> Void)?
    let read: @Sendable (Range<Int64>) async throws -> SharedBytes

    static func contentRange(_ range: Range<Int64>, of length: Int64) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
    }

    func single(_ range: Range<Int64>, isHead: Bool) async throws -> HTTPResponse.Body {
        let length = Int64(range.count)
        if length == 0 { return .none }
        // Nobody is going to read it; only its length counts.
        if isHead { return .stream(length: length) { _ in } }
        if let file {
            guard let awaitBytes else { return .fixedFile(file, offset: range.lowerBound, length: length) }
            return try await growing(file, range, awaitBytes)
        }
        let first = try await start(of: range)
        if first.count == length { return .bytes(first) }
        return .stream(length: length) { writer in
            try await writer.write(first)
            try await copy(range.lowerBound + Int64(first.count)..<range.upperBound, to: writer)
        }
    }

    /// A file that is being filled: each part is sent as soon as it is there.
    private func growing(
        _ file: FileDescriptor, _ range: Range<Int64>,
        _ awaitBytes: @escaping @Sendable (Range<Int64>) async throws -> Void
    ) async throws -> HTTPResponse.Body {
        try await awaitBytes(Self.first(of: range))
        return .stream(length: Int64(range.count)) { writer in
            var rest = range
            while !rest.isEmpty {
                let part = Self.first(of: rest)
                try await awaitBytes(part)
                try await writer.write(file, part)
                rest = part.upperBound..<rest.upperBound
            }
        }
    }

    private static func first(of range: Range<Int64>) -> Range<Int64> {
        range.lowerBound..<min(range.upperBound, range.lowerBound + growingPiece)
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

    /// Reads the next piece while the last one is being sent.
    private func copy(_ range: Range<Int64>, to writer: HTTPBodyWriter) async throws {
        if range.isEmpty { return }
        var rest = range
        var bytes = try await start(of: rest)
        while true {
            rest = rest.lowerBound + Int64(bytes.count)..<rest.upperBound
            if rest.isEmpty { return try await writer.write(bytes) }
            let following = rest
            async let next = start(of: following)
            try await writer.write(bytes)
            bytes = try await next
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
