/// The alternatives of a glob: `{a,b}.txt` is `a.txt` and `b.txt`. Braces without a comma in them are themselves.
enum Braces {
    /// More make a text a name: nobody writes such globs, and each is compared with every path.
    static let limit = 32

    /// Every text that one with braces stands for, itself when it has none; `nil` when there are too many.
    static func alternatives(of text: String) -> [String]? {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return [text] }
        var open = [Array(text.utf8)]
        var found: [[UInt8]] = []
        while let next = open.popLast() {
            guard let group = innermost(of: next) else {
                if !found.contains(next) { found.append(next) }
                continue
            }
            for part in group.parts.reversed() {
                open.append(Array(next[..<group.range.lowerBound]) + part + next[group.range.upperBound...])
            }
            if open.count + found.count > limit { return nil }
        }
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first braces that end and have a comma, and what stands between their commas.
    private static func innermost(of text: [UInt8]) -> (range: Range<Int>, parts: [ArraySlice<UInt8>])? {
        var open: [(start: Int, commas: [Int])] = []
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "{"): open.append((index, []))
            case UInt8(ascii: ",") where !open.isEmpty: open[open.count - 1].commas.append(index)
            case UInt8(ascii: "}"):
                guard let (start, commas) = open.popLast(), !commas.isEmpty else { continue }
                let edges = [start] + commas + [index]
                return (start..<index + 1, zip(edges, edges.dropFirst()).map { text[($0 + 1)..<$1] })
            default: break
            }
        }
        return nil
    }
}
