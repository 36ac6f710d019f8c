internal import Catalogue
internal import HTTP
internal import Platform
internal import Synchronization

/// A file that a subscriber's answers are written to, piece by piece; it has another name until it is whole.
final class ArrivingFile: Sendable {
    private struct State {
        var received: Int64 = 0
        var version: Version?
        var entityTag: String?
        /// The body of an answer that is not the file.
        var refusal: [UInt8] = []
        var refusalStatus: Int?
        var expected: Int64?
    }

    private static let refusalLimit = 64 * 1024

    let path: String
    private let file: FileDescriptor
    private let state = Locked(State())

    init(in folder: String) throws(SystemError) {
        path = FileSystem.temporaryName(in: folder)
        file = try FileDescriptor(path, .creating)
    }

    var received: Int64 { state.withLock { $0.received } }
    var expected: Int64? { state.withLock { $0.expected } }
    /// What the subscriber says that it sends.
    var version: Version? { state.withLock { $0.version } }
    /// Status and body, when the last answer was a refusal.
    var refusal: (status: Int, body: [UInt8])? {
        state.withLock { state in state.refusalStatus.map { ($0, state.refusal) } }
    }

    /// The fields that ask for what is missing, provided that the content is still the same.
    func requestHeaders() -> HTTPHeaders {
        var headers = Subscriber.headers
        state.withLock { state in
            guard state.received > 0, let tag = state.entityTag else { return }
            headers["Range"] = "bytes=\(state.received)-"
            headers["If-Range"] = tag
        }
        return headers
    }

    func begin(_ head: HTTPClient.Head) throws {
        let startsAnew = state.withLock { state -> Bool in
            state.refusal = []
            state.refusalStatus = nil
            let isRest = head.status == 206 && Self.start(of: head) == state.received
            guard head.status == 200 || isRest else {
                state.refusalStatus = head.status
                return false
            }
            if !isRest { state.received = 0 }
            state.entityTag = head.headers["ETag"]
            state.version = (head.headers["Bpubsub-Version"] ?? head.headers["ETag"]?.trimmingQuotes).flatMap {
                Version($0)
            }
            state.expected = head.headers["Content-Length"].flatMap { Int64($0) }.map { max(0, $0) +| state.received }
            return !isRest
        }
        if startsAnew { try file.resize(to: 0) }
    }

    func append(_ bytes: RawSpan) throws {
        let offset = state.withLock { state -> Int64? in
            guard state.refusalStatus == nil else {
                if state.refusal.count < Self.refusalLimit { state.refusal += [UInt8](copying: bytes) }
                return nil
            }
            return state.received
        }
        guard let offset else { return }
        try file.write(bytes, at: offset)
        state.withLock { $0.received = offset + Int64(bytes.byteCount) }
    }

    /// Forgets what has arrived.
    func restart() throws(SystemError) {
        try file.resize(to: 0)
        state.withLock { $0 = State() }
    }

    /// Gives the file to who wants to read it; blocking.
    func withFile<Result>(_ body: (FileDescriptor) throws -> Result) rethrows -> Result { try body(file) }

    /// Gives the file its name, durably; blocking.
    func move(to target: String) throws(SystemError) {
        try file.synchronize()
        try FileSystem.rename(path, to: target)
        try FileSystem.synchronizeFolder(FileSystem.folder(of: target))
    }

    /// `Content-Range: bytes 100-199/200`
    private static func start(of head: HTTPClient.Head) -> Int64? {
        guard let range = head.headers["Content-Range"], range.hasPrefix("bytes ") else { return nil }
        return Int64(range.dropFirst(6).prefix { $0 != "-" }).flatMap { $0 < 0 ? nil : $0 }
    }
}

extension String {
    /// An entity tag's text.
    fileprivate var trimmingQuotes: String {
        hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
    }
}
