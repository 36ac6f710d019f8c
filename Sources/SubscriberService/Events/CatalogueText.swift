import Catalogue
import HTTP
import Platform
import Wire

/// A listing as it is sent: page by page, so that a catalogue of any size takes little memory.
struct CatalogueText: Sendable {
    let copy: CatalogueCopy
    let listed: [CatalogueCopy.Listed]
    let pool: BlockingPool
    let isLines: Bool
    /// The bookmark that goes with it.
    let end: [UInt8]

    func body(isCompressed: Bool) async throws -> HTTPResponse.Body {
        guard listed.count > CatalogueCopy.pageLimit else {
            return try await pool.run {
                var writer = ListingWriter(isLines: isLines), text: [UInt8] = []
                try append(0..<listed.count, &writer, to: &text)
                writer.finish(end, to: &text)
                return .bytes(isCompressed ? Gzip.compress(text) : SharedBytes(text))
            }
        }
        return .stream(length: nil) { writer in
            let gzip = isCompressed ? GzipStream() : nil
            try await write { text in
                let ready = gzip.map { gzip in SharedBytes(text).withBytes { gzip.feed($0) } } ?? text
                if !ready.isEmpty { try await writer.write(SharedBytes(ready)) }
            }
            if let gzip { try await writer.write(SharedBytes(gzip.finish())) }
        }
    }

    private func write(to sink: ([UInt8]) async throws -> Void) async throws {
        var writer = ListingWriter(isLines: isLines)
        for start in stride(from: 0, to: listed.count, by: CatalogueCopy.pageLimit) {
            let range = start..<min(start + CatalogueCopy.pageLimit, listed.count)
            let (text, next) = try await pool.run { [writer] in
                var writer = writer, text: [UInt8] = []
                try append(range, &writer, to: &text)
                return (text, writer)
            }
            writer = next
            try await sink(text)
        }
        var text: [UInt8] = []
        writer.finish(end, to: &text)
        try await sink(text)
    }

    private func append(_ range: Range<Int>, _ writer: inout ListingWriter, to text: inout [UInt8]) throws {
        for (key, line) in try copy.lines(of: listed[range], areTold: isLines) {
            writer.append(line, of: key, to: &text)
        }
    }
}
