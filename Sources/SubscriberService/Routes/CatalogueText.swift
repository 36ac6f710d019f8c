import Catalogue
import HTTP
import Platform
import Wire

/// A listing as it is sent: page by page, so that a catalogue of any size takes little memory.
struct CatalogueText: Sendable {
    enum Form {
        /// The lines of the feed, and the bookmark behind them.
        case lines(end: [UInt8])
        /// One JSON object of the datasets by their paths.
        case object
    }

    let copy: CatalogueCopy
    let listed: [CatalogueCopy.Listed]
    let pool: BlockingPool
    let form: Form

    private var contentType: String {
        switch form {
        case .lines: MediaType.lines
        case .object: MediaType.json
        }
    }

    func answer(to request: HTTPRequest, _ headers: HTTPHeaders) async throws -> HTTPResponse {
        guard listed.count > CatalogueCopy.pageLimit else {
            let bytes = try await pool.run { try head + page(0..<listed.count) + tail }
            return .large(bytes, type: contentType, request, headers: headers)
        }
        var headers = headers
        headers["Content-Type"] = contentType
        let isCompressed = request.acceptsGzip
        if isCompressed { headers["Content-Encoding"] = "gzip" }
        return HTTPResponse(
            headers: headers,
            body: .stream(length: nil) { writer in
                guard isCompressed else { return try await write { try await writer.write(SharedBytes($0)) } }
                let gzip = GzipStream()
                try await write { bytes in
                    let ready = SharedBytes(bytes).withBytes { gzip.feed($0) }
                    if !ready.isEmpty { try await writer.write(SharedBytes(ready)) }
                }
                try await writer.write(SharedBytes(gzip.finish()))
            })
    }

    private func write(to sink: ([UInt8]) async throws -> Void) async throws {
        if !head.isEmpty { try await sink(head) }
        var isFirst = true
        for start in stride(from: 0, to: listed.count, by: CatalogueCopy.pageLimit) {
            let range = start..<min(start + CatalogueCopy.pageLimit, listed.count)
            let bytes = try await pool.run { try page(range) }
            if bytes.isEmpty { continue }
            if !isFirst, !separator.isEmpty { try await sink(separator) }
            try await sink(bytes)
            isFirst = false
        }
        try await sink(tail)
    }

    private var head: [UInt8] {
        switch form {
        case .lines: []
        case .object: Array("{".utf8)
        }
    }

    private var tail: [UInt8] {
        switch form {
        case .lines(let end): end + [10]
        case .object: Array("}".utf8)
        }
    }

    /// What stands between two pages.
    private var separator: [UInt8] {
        switch form {
        case .lines: []
        case .object: Array(",".utf8)
        }
    }

    private func page(_ range: Range<Int>) throws -> [UInt8] {
        switch form {
        case .lines: return ChangeFeed.joined(try copy.lines(of: listed[range]))
        case .object:
            let paths = listed[range].compactMap { if case .dataset(let path) = $0 { path } else { nil } }
            let members = zip(paths, try copy.datasets(paths)).compactMap { path, dataset in
                dataset.map { NamedValues([(ExactText(path.text), $0)]).encoded.dropFirst().dropLast() }
            }
            return Array(members.joined(separator: ",".utf8))
        }
    }
}
