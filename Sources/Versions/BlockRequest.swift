/// Which blocks of a version are asked for: `3:0,5-7;9` is block 0 and blocks 5 to 7 of chunk 3, and all of chunk 9, by
/// their places in the manifest and in the chunk.
public struct BlockRequest: Hashable, Sendable, CustomStringConvertible {
    public struct Part: Hashable, Sendable {
        public var chunk: Int
        /// Ascending; empty for all.
        public var blocks: [Int]

        public init(chunk: Int, blocks: [Int] = []) {
            self.chunk = chunk
            self.blocks = blocks
        }
    }

    public let parts: [Part]

    /// The most chunks, and blocks that are named, in one request.
    public static let limit = 4096

    public init(_ parts: [Part]) { self.parts = parts }

    /// - Throws: ``BlockRequestError``, which says what would be right.
    public init(_ text: String) throws(BlockRequestError) {
        var parts: [Part] = []
        var count = 0
        for piece in text.split(separator: ";") {
            let sides = piece.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let chunk = Self.number(sides[0]) else { throw BlockRequestError() }
            var blocks: [Int] = []
            for run in sides.count == 2 ? sides[1].split(separator: ",", omittingEmptySubsequences: false) : [] {
                let ends = run.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2, let first = Self.number(ends[0]), let last = Self.number(ends[ends.count - 1]),
                    first <= last, last - first < Self.limit, blocks.last.map({ $0 < first }) ?? true
                else { throw BlockRequestError() }
                blocks += first...last
                guard count + blocks.count <= Self.limit else { throw BlockRequestError() }
            }
            parts.append(Part(chunk: chunk, blocks: blocks))
            count += max(1, blocks.count)
            guard count <= Self.limit else { throw BlockRequestError() }
        }
        guard !parts.isEmpty else { throw BlockRequestError() }
        self.parts = parts
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return Int(text)
    }

    public var description: String {
        parts.map { part in
            part.blocks.isEmpty ? "\(part.chunk)" : "\(part.chunk):" + Self.runs(part.blocks)
        }.joined(separator: ";")
    }

    private static func runs(_ blocks: [Int]) -> String {
        var text: [String] = []
        var start = blocks.startIndex
        while start < blocks.endIndex {
            var end = start
            while end + 1 < blocks.endIndex, blocks[end + 1] == blocks[end] + 1 { end += 1 }
            text.append(start == end ? "\(blocks[start])" : "\(blocks[start])-\(blocks[end])")
            start = end + 1
        }
        return text.joined(separator: ",")
    }
}

/// Text that is no ``BlockRequest``.
public struct BlockRequestError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String {
        "blocks are asked for as CHUNK:BLOCKS;CHUNK, as in 3:0,5-7;9, ascending, at most \(BlockRequest.limit) in all"
    }
}
