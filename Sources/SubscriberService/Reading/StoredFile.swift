import Catalogue
import HTTP
import Platform
import Wire

/// Answers with a version's own bytes, whole or in ranges.
struct StoredFile: Sendable {
    let copy: CatalogueCopy
    let reader: MirrorReader
    let freshness: Freshness

    func answer(_ request: HTTPRequest, _ reading: Reading) async throws -> HTTPResponse {
        let mirror = reading.mirror
        guard reading.mayFetch || Self.isHeld(request, mirror) else {
            let missing = mirror.manifest.chunks.count - mirror.present.count
            throw FetchFailure(
                .unreachable,
                "\(reading.path): \(missing) of \(mirror.manifest.chunks.count) chunks are not held, and the publisher of "
                    + "\(reading.path.group) is offline")
        }
        var headers = freshness.headers(
            reading.path, reading.version, isHeld: mirror.isComplete, isCurrent: reading.isCurrent)
        headers["Content-Disposition"] = Self.disposition(reading.path)
        let dataset = try await copy.dataset(reading.path, on: reader.pool)
        if let dataset, dataset.version == reading.version {
            headers["Last-Modified"] = HTTPDate.text(Timestamp(seconds: dataset.modified))
        }
        let type = Self.type(dataset?.mediaType)
        // What a dataset contains is nothing that the web page's origin would run.
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return try await reader.answer(request, mirror, type: type, headers: headers)
    }

    private static func isHeld(_ request: HTTPRequest, _ mirror: Mirror) -> Bool {
        if mirror.isComplete { return true }
        guard let ranges = MirrorReader.ranges(of: request, mirror) else { return false }
        return ranges.allSatisfy { mirror.holds($0) }
    }

    /// Scripts go as text: a browser that was told not to guess then runs none of them.
    private static func type(_ mediaType: String?) -> String {
        guard let mediaType else { return MediaType.bytes }
        return isScript(mediaType) ? "text/plain" : mediaType
    }

    /// By bytes: the standard library's search for a string costs more than all the rest of an answer's head.
    private static func isScript(_ mediaType: String) -> Bool {
        let text = mediaType.utf8.map { 65...90 ~= $0 ? $0 | 32 : $0 }
        return text.indices.contains { start in
            ["javascript", "ecmascript", "jscript", "livescript"].contains { text[start...].starts(with: $0.utf8) }
        }
    }

    /// The name to save it as, for those who read RFC 6266 and for those who do not.
    static func disposition(_ path: DatasetPath) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            32..<127 ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        let name = path.name
        if name.utf8.allSatisfy(isPlain) { return "attachment; filename=\"\(name)\"" }
        let plain = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { $0.isASCII && isPlain(UInt8(truncatingIfNeeded: $0.value)) ? $0 : "_" }))
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(PercentEncoding.query(name))"
    }
}
