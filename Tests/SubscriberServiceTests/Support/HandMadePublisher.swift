import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Synchronization
import Versions

/// A data plane that serves what it is given, counts what it serves, and misbehaves as it is told: what a real publisher
/// never does.
final class HandMadePublisher: Sendable {
    enum Fault: Sendable {
        /// The bytes of a chunk with one of them changed.
        case wrongByte(at: Int64)
        /// The connection ends after so many bytes of the answer.
        case cut(after: Int)
        /// So many bytes come, then none, until the gate opens.
        case stall(after: Int)
        /// Everything, whatever range was asked for.
        case ignoresRange
        case status(Int)
        /// More bytes than were asked for.
        case tooMuch
        /// More and more bytes, for as long as somebody takes them.
        case endless
        /// A byte now and then.
        case trickle
    }

    private struct Shared {
        var contents: [Version: [UInt8]] = [:]
        var manifests: [Version: Manifest] = [:]
        var faults: [Fault] = []
        var persistent: Fault?
        var dataBytes = 0
        var manifestBytes = 0
        var requests: [String] = []
        var slowManifests: [Version: Gate] = [:]
        var slowBlocks: (isMeant: @Sendable (BlockRequest) -> Bool, gate: Gate)?
        /// The parts of each version that were sent, in the file: of all answers, also of those that have not ended.
        var sent: [Version: [Range<Int64>]] = [:]
        var replacement: (@Sendable (HTTPRequest) -> HTTPResponse)?
    }

    private let shared = Locked(Shared())
    let gate = Gate()

    /// Adds a content and gives the version that names it.
    @discardableResult func add(_ bytes: [UInt8]) throws -> Version {
        let result = try VersionMaker.version(of: MemorySource(bytes))
        shared.withLock { shared in
            shared.contents[result.manifest.version] = bytes
            shared.manifests[result.manifest.version] = result.manifest
        }
        return result.manifest.version
    }

    /// The manifest of this version does not come before a gate opens: the publisher's own, if no other is given.
    func delayManifest(of version: Version, until other: Gate? = nil) {
        shared.withLock { $0.slowManifests[version] = other ?? gate }
    }

    /// Answers to these requests for blocks do not come before the gate opens.
    func delayBlocks(until gate: Gate, where isMeant: @escaping @Sendable (BlockRequest) -> Bool) {
        shared.withLock { $0.slowBlocks = (isMeant, gate) }
    }

    /// Bytes of a version that were sent more than once.
    func bytesSentTwice(_ version: Version) -> Int64 {
        let sorted = shared.withLock { $0.sent[version] ?? [] }.sorted { $0.lowerBound < $1.lowerBound }
        var twice: Int64 = 0, end: Int64 = 0
        for range in sorted {
            twice += max(min(end, range.upperBound) - range.lowerBound, 0)
            end = max(end, range.upperBound)
        }
        return twice
    }

    private func note(_ ranges: [Range<Int64>], of version: Version) {
        shared.withLock { $0.sent[version, default: []] += ranges }
    }

    func remove(_ version: Version) { shared.withLock { $0.contents[version] = nil } }

    /// The next requests for data suffer these, one each.
    func suffer(_ faults: Fault...) { shared.withLock { $0.faults += faults } }
    /// All requests for data suffer this.
    func alwaysSuffer(_ fault: Fault?) { shared.withLock { $0.persistent = fault } }

    var dataBytes: Int { shared.withLock { $0.dataBytes } }
    var manifestBytes: Int { shared.withLock { $0.manifestBytes } }
    var requests: [String] { shared.withLock { $0.requests } }
    func resetCounters() {
        shared.withLock { shared in
            shared.dataBytes = 0
            shared.manifestBytes = 0
            shared.requests = []
            shared.sent = [:]
        }
    }

    // MARK: Serving

    /// Another program listens where the publisher did.
    func replace(_ answer: (@Sendable (HTTPRequest) -> HTTPResponse)?) { shared.withLock { $0.replacement = answer } }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        if let replacement = shared.withLock({ $0.replacement }) { return replacement(request) }
        let parts = request.path.split(separator: "/")
        guard parts.count == 3, let version = Version(parts[1]) else { return .refusal(404, "not here") }
        shared.withLock { $0.requests.append("\(parts[2]) \(request.headers["Range"] ?? "")") }
        guard let bytes = shared.withLock({ $0.contents[version] }) else { return .refusal(410, "gone") }
        switch parts[2] {
        case "manifest": return manifest(request, version)
        case "blocks": return blocks(request, version, bytes)
        default: return data(request, version, bytes)
        }
    }

    /// Counts its bytes as data; `wrongByte` damages the byte at that place of the answer, counted on from its start where it is shorter.
    private func blocks(_ request: HTTPRequest, _ version: Version, _ bytes: [UInt8]) -> HTTPResponse {
        let manifest = shared.withLock { $0.manifests[version]! }
        let source = MemorySource(bytes)
        guard let wanted = try? BlockRequest(request.parameter("of") ?? ""),
            let parts = try? wanted.resolved(in: manifest, layout: { try FrameLayout(source) }, source: source)
        else { return .refusal(400, "not like this") }
        var body: [UInt8] = []
        for part in parts {
            guard let proven = try? BlockAnswer.blocks(part, of: manifest, in: source) else {
                return .refusal(400, "no")
            }
            body += proven.head + proven.blocks.flatMap(\.bytes.array)
            let range = manifest.chunks[part.chunk].range
            let chunk = SharedBytes(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            let cut = ChunkLayout.blocks(of: manifest.content, chunk)
            note(
                proven.blocks.map {
                    range.lowerBound + Int64(cut[$0.index].lowerBound)..<range.lowerBound
                        + Int64(cut[$0.index].upperBound)
                },
                of: version)
        }
        if let (isMeant, gate) = shared.withLock({ $0.slowBlocks }), isMeant(wanted) {
            return HTTPResponse(
                body: .stream(length: Int64(body.count)) { [body] writer in
                    try await gate.wait()
                    try await writer.write(SharedBytes(body))
                })
        }
        return blocks(body, whole: bytes, nextFault(0..<body.count))
    }

    private func blocks(_ right: [UInt8], whole: [UInt8], _ fault: Fault?) -> HTTPResponse {
        var body = right
        switch fault {
        case .wrongByte(let place)?: if !body.isEmpty { body[Int(place) % body.count] ^= 1 }
        case .cut(let count)?: return HTTPResponse(body: stream(body, limit: min(count, body.count), waits: false))
        case .stall(let count)?: return HTTPResponse(body: stream(body, limit: min(count, body.count), waits: true))
        case .ignoresRange?: body = whole
        case .status(let code)?: return .refusal(code, "as it was told")
        case .tooMuch?: body += right
        case .endless?: return HTTPResponse(body: endless(right))
        case .trickle?: return HTTPResponse(body: trickle(right))
        case nil: break
        }
        shared.withLock { $0.dataBytes += body.count }
        return HTTPResponse(body: .bytes(SharedBytes(body)))
    }

    private func endless(_ bytes: [UInt8]) -> HTTPResponse.Body {
        .stream(length: nil) { writer in
            while true { try await writer.write(SharedBytes(bytes)) }
        }
    }

    private func trickle(_ bytes: [UInt8]) -> HTTPResponse.Body {
        .stream(length: Int64(bytes.count)) { writer in
            for byte in bytes {
                try await writer.write(SharedBytes([byte]))
                // It is the fault itself; nobody waits for anything by it.
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func manifest(_ request: HTTPRequest, _ version: Version) -> HTTPResponse {
        let (type, body) = shared.withLock { shared -> (String, [UInt8]) in
            let manifest = shared.manifests[version]!
            if let since = request.parameter("since").flatMap({ Version($0) }), let old = shared.manifests[since] {
                return ("application/vnd.bpubsub.manifest-delta", ManifestDelta.encode(manifest, since: old))
            }
            return ("application/vnd.bpubsub.manifest", manifest.encoded)
        }
        shared.withLock { $0.manifestBytes += body.count }
        let headers: HTTPHeaders = ["Content-Type": type]
        guard let gate = shared.withLock({ $0.slowManifests[version] }) else {
            return HTTPResponse(headers: headers, body: .bytes(SharedBytes(body)))
        }
        return HTTPResponse(
            headers: headers,
            body: .stream(length: Int64(body.count)) { writer in
                try await gate.wait()
                try await writer.write(SharedBytes(body))
            })
    }

    private func data(_ request: HTTPRequest, _ version: Version, _ bytes: [UInt8]) -> HTTPResponse {
        var range = 0..<bytes.count
        if let text = request.headers["Range"]?.dropFirst("bytes=".count) {
            let ends = text.split(separator: "-").compactMap { Int($0) }
            range = ends[0]..<ends[1] + 1
        }
        note([Int64(range.lowerBound)..<Int64(range.upperBound)], of: version)
        let fault = nextFault(range)
        var headers: HTTPHeaders = ["Content-Range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"]
        var status = 206
        var body = Array(bytes[range])
        var limit = body.count
        var waits = false
        switch fault {
        case .wrongByte(let offset)?: if range.contains(Int(offset)) { body[Int(offset) - range.lowerBound] ^= 1 }
        case .cut(let count)?: limit = min(count, limit)
        case .stall(let count)?: (limit, waits) = (min(count, limit), true)
        case .ignoresRange?: (status, body, limit, headers) = (200, bytes, bytes.count, [:])
        case .status(let code)?: return .refusal(code, "as it was told")
        case .tooMuch?: body += Array(repeating: 0, count: 100_000)
        case .endless?: return HTTPResponse(status: 206, headers: headers, body: endless(body))
        case .trickle?: return HTTPResponse(status: 206, headers: headers, body: trickle(body))
        case nil: break
        }
        return HTTPResponse(
            status: status, headers: headers, body: stream(body, limit: fault == nil ? body.count : limit, waits: waits)
        )
    }

    private func nextFault(_ range: Range<Int>) -> Fault? {
        shared.withLock { shared in
            guard let next = shared.faults.first else { return shared.persistent }
            // A byte can only be wrong in the answer that has it.
            if case .wrongByte(let offset) = next, !range.contains(Int(offset)) { return shared.persistent }
            return shared.faults.removeFirst()
        }
    }

    private func stream(_ body: [UInt8], limit: Int, waits: Bool) -> HTTPResponse.Body {
        .stream(length: Int64(body.count)) { [self] writer in
            for start in stride(from: 0, to: limit, by: 65536) {
                let piece = body[start..<min(start + 65536, limit)]
                try await writer.write(SharedBytes(piece))
                shared.withLock { $0.dataBytes += piece.count }
            }
            guard limit < body.count else { return }
            guard waits else { throw HTTPError(.peerClosed, "cut, as it was told") }
            try await gate.wait()
            try await writer.write(SharedBytes(body[limit...]))
            shared.withLock { $0.dataBytes += body.count - limit }
        }
    }
}

extension Optional where Wrapped == HandMadePublisher.Fault {
    static func == (a: Self, b: _OptionalNilComparisonType) -> Bool {
        if case .none = a { true } else { false }
    }
}

extension ChunkLayout {
    /// How a chunk is cut, of whatever content.
    static func blocks(of content: Manifest.Content, _ chunk: SharedBytes) -> [Range<Int>] {
        switch content {
        case .frame: blocks(of: chunk)
        case .plain:
            stride(from: 0, to: chunk.count, by: plainLength).map { $0..<min($0 + plainLength, chunk.count) }
        }
    }
}

/// Closed until it is opened; who waits is let through then, or when cancelled.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Locked(false)
    init() { (stream, continuation) = AsyncStream.makeStream() }
    var isOpen: Bool { state.withLock { $0 } }
    func open() {
        state.withLock { $0 = true }
        continuation.finish()
    }
    func wait() async throws {
        for await _ in stream {}
        try Task.checkCancellation()
    }
}

/// Collects what callbacks on other threads tell.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Locked<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }

    @discardableResult func append(_ element: Element) -> [Element] { append(contentsOf: [element]) }
    @discardableResult func append(contentsOf more: [Element]) -> [Element] {
        elements.withLock { elements in
            elements += more
            return elements
        }
    }
}
