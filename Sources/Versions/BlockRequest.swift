/// Which blocks of a version are asked for.
///
/// `3:0,5-7;9` is block 0 and blocks 5 to 7 of chunk 3, and all of chunk 9, by their places in the manifest and in the
/// chunk. `a3:0,5-7` are blocks of an array's chunk by the array's own numbers, which are known before anything of the file
/// is; what the chunk needs to be read, its head, is sent as well. `f` is what the frame needs to be read: its header,
/// its chunk of offsets, its trailer.
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
    /// By the array's numbers of chunks and blocks.
    public let arrayParts: [Part]
    /// Whether the frame's header, chunk of offsets and trailer are wanted.
    public let wantsFrame: Bool

    /// The most chunks, and blocks that are named, in one request.
    public static let limit = 4096

    public init(_ parts: [Part] = [], array: [Part] = [], frame: Bool = false) {
        self.parts = parts
        arrayParts = array
        wantsFrame = frame
    }

    /// - Throws: ``BlockRequestError``, which says what would be right.
    public init(_ text: String) throws(BlockRequestError) {
        var parts: [Part] = [], arrayParts: [Part] = []
        var wantsFrame = false
        var count = 0
        for piece in text.split(separator: ";") {
            if piece == "f" {
                wantsFrame = true
                continue
            }
            let isArray = piece.hasPrefix("a")
            let part = try Part(isArray ? piece.dropFirst() : piece)
            if isArray { arrayParts.append(part) } else { parts.append(part) }
            count += max(1, part.blocks.count)
            guard count <= Self.limit else { throw BlockRequestError() }
        }
        guard wantsFrame || count > 0 else { throw BlockRequestError() }
        self.init(Self.merged(parts), array: Self.merged(arrayParts), frame: wantsFrame)
    }

    /// Each chunk once, where it came first: to prove blocks takes all of their chunk each time.
    private static func merged(_ parts: [Part]) -> [Part] {
        var places: [Int: Int] = [:]
        var merged: [Part] = []
        for part in parts {
            guard let place = places[part.chunk] else {
                places[part.chunk] = merged.count
                merged.append(part)
                continue
            }
            let known = merged[place].blocks
            // None are all of them.
            let isAll = known.isEmpty || part.blocks.isEmpty
            merged[place].blocks = isAll ? [] : Set(known + part.blocks).sorted()
        }
        return merged
    }

    fileprivate static func number(_ text: some StringProtocol) -> Int? {
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return Int(text)
    }

    public var description: String {
        ((wantsFrame ? ["f"] : []) + arrayParts.map { "a\($0)" } + parts.map { "\($0)" }).joined(separator: ";")
    }
}

extension BlockRequest.Part: CustomStringConvertible {
    /// `3:0,5-7` or `9`.
    init(_ text: Substring) throws(BlockRequestError) {
        let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = sides.first, let chunk = BlockRequest.number(first) else { throw BlockRequestError() }
        var blocks: [Int] = []
        for run in sides.count == 2 ? sides[1].split(separator: ",", omittingEmptySubsequences: false) : [] {
            let ends = run.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, let first = BlockRequest.number(ends[0]),
                let last = BlockRequest.number(ends[ends.count - 1]), first <= last,
                last - first < BlockRequest.limit - blocks.count, blocks.last.map({ $0 < first }) ?? true
            else { throw BlockRequestError() }
            blocks += first...last
        }
        self.init(chunk: chunk, blocks: blocks)
    }

    public var description: String {
        if blocks.isEmpty { return "\(chunk)" }
        var runs: [String] = []
        var start = blocks.startIndex
        while start < blocks.endIndex {
            var end = start
            while end + 1 < blocks.endIndex, blocks[end + 1] == blocks[end] + 1 { end += 1 }
            runs.append(start == end ? "\(blocks[start])" : "\(blocks[start])-\(blocks[end])")
            start = end + 1
        }
        return "\(chunk):" + runs.joined(separator: ",")
    }
}

/// Text that is no ``BlockRequest``.
public struct BlockRequestError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String {
        "blocks are asked for as in 3:0,5-7;9 or a3:0,5-7;f, ascending, at most \(BlockRequest.limit) in all"
    }
}
