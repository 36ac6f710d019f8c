import Catalogue
import Platform

/// Writes a listing, line by line: the lines of the feed with a bookmark at the end, or one JSON object of the datasets by
/// their paths.
package struct ListingWriter: Sendable {
    private let isLines: Bool
    private var isFirst = true

    package init(isLines: Bool) { self.isLines = isLines }

    /// Appends what a line of the feed says; of an object there are no lines but those of datasets.
    ///
    /// - Parameter key: of the line.
    package mutating func append(_ line: [UInt8], of key: String, to text: inout [UInt8]) {
        if isLines {
            text += line
            text.append(UInt8(ascii: "\n"))
        } else if let dataset = Self.dataset(in: line) {
            text += (isFirst ? "{" : ",\n").utf8
            text += JSONString.quoted(key).utf8
            text.append(UInt8(ascii: ":"))
            text += dataset
            isFirst = false
        }
    }

    private static func dataset(in line: [UInt8]) -> ArraySlice<UInt8>? {
        if let dataset = FeedLine.dataset(in: line) { return dataset }
        // Of a broker that writes otherwise than we do.
        guard case .change(_, .put(let dataset))? = try? FeedLine(line: line) else { return nil }
        return WireJSON.encode(dataset)[...]
    }

    /// Appends the end.
    package func finish(_ bookmark: [UInt8], to text: inout [UInt8]) {
        if isLines {
            text += bookmark
            text.append(UInt8(ascii: "\n"))
        } else {
            text += (isFirst ? "{}\n" : "}\n").utf8
        }
    }
}
