internal import Catalogue
internal import Digests
internal import HTTP
internal import Platform
internal import Synchronization
internal import Wire

/// A file that a subscriber's answers are written to, piece by piece; it has another name until it is whole, and what has arrived
/// stays for the next time that the same is wanted.
final class ArrivingFile: Sendable {
    private struct State {
        var received: Int64 = 0
        var version: Version
        /// The body of an answer that is not the file.
        var refusal: [UInt8] = []
        var refusalStatus: Int?
        var expected: Int64?
    }

    private static let refusalLimit = 64 * 1024

    let target: String
    let path: String
    private let file: FileDescriptor
    private let state: Locked<State>

    /// Goes on where an earlier try for the version ended. Blocks.
    init(for target: String, version: Version) throws(SystemError) {
        self.target = target
        if let part = try Self.open(Self.partName(of: target)) {
            file = part
        } else {
            file = try FileDescriptor(FileSystem.temporaryName(in: FileSystem.folder(of: target)), .creating)
        }
        path = file.path
        state = Locked(State(version: version))
        // Without a note it may be another's, which is found out in the end: the whole is compared with its version.
        if let begun = file.note(Self.note), begun != version.description { try file.resize(to: 0) }
        file.setNote(Self.note, version.description)
        let size = try file.identity().size
        state.withLock { $0.received = size }
    }

    private static let note = "bpubsub.version"

    /// `.NAME.part`, in the target's folder.
    static func partName(of target: String) -> String {
        let folder = FileSystem.folder(of: target)
        let name =
            target.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        if name.utf8.count <= 240 { return "\(folder)/.\(name).part" }
        let hasher = SHA256()
        hasher.update(Array(name.utf8))
        return "\(folder)/.\(String(hasher.finish().description.prefix(32))).part"
    }

    /// `nil` when another process is writing it.
    private static func open(_ path: String) throws(SystemError) -> FileDescriptor? {
        for _ in 0..<10 {
            let file = try FileDescriptor(path, .readingAndWriting, followingLinks: false)
            guard file.lock() else { return nil }
            // Who had it may just have given it its name.
            let identity = try file.identity()
            if let there = try? FileIdentity(path: path, followingLinks: false), there.inode == identity.inode,
                there.device == identity.device
            {
                return file
            }
        }
        return nil
    }

    var received: Int64 { state.withLock { $0.received } }
    var expected: Int64? { state.withLock { $0.expected } }
    /// What the subscriber says that it sends, or is asked for.
    var version: Version { state.withLock { $0.version } }
    /// Status and body, when the last answer was a refusal.
    var refusal: (status: Int, body: [UInt8])? {
        state.withLock { state in state.refusalStatus.map { ($0, state.refusal) } }
    }

    /// The fields that ask for what is missing, provided that the content is still the same.
    func requestHeaders() -> HTTPHeaders {
        var headers = Subscriber.headers
        state.withLock { state in
            guard state.received > 0 else { return }
            headers["Range"] = "bytes=\(state.received)-"
            headers["If-Range"] = "\"\(state.version)\""
        }
        return headers
    }

    func begin(_ head: HTTPClient.Head) throws {
        let isAnswer = head.status == 200 || head.status == 206
        let sent = (head.headers[ProtocolHeader.version] ?? head.headers["ETag"]?.trimmingQuotes).flatMap {
            Version($0)
        }
        if isAnswer, sent == nil {
            throw ClientError(
                .badAnswer,
                "the answer does not say which version it is, so it cannot be verified; is that a subscriber?")
        }
        let startsAnew = state.withLock { state -> Bool in
            state.refusal = []
            state.refusalStatus = nil
            let isRest = head.status == 206 && Self.start(of: head) == state.received && sent == state.version
            guard head.status == 200 || isRest else {
                state.refusalStatus = head.status
                return false
            }
            if !isRest { state.received = 0 }
            if let sent { state.version = sent }
            state.expected = head.headers["Content-Length"].flatMap { Int64($0) }.map { max(0, $0) +| state.received }
            return !isRest
        }
        guard startsAnew else { return }
        try file.resize(to: 0)
        file.setNote(Self.note, version.description)
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
        state.withLock { state in
            state.received = 0
            state.expected = nil
        }
    }

    /// Removes what has arrived, which is of no use.
    func discard() {
        // The error that is thrown says more than one about a file that is left.
        try? FileSystem.unlink(path)
    }

    /// Gives the file to who wants to read it; blocking.
    func withFile<Result>(_ body: (FileDescriptor) throws -> Result) rethrows -> Result { try body(file) }

    /// Gives the file its name and its time; blocking. What it has must be on the disk.
    func move(modified: Timestamp) throws(SystemError) {
        // A file system that takes no times has its own.
        try? file.setModified(modified)
        KeptFile.mark(file, version)
        try FileSystem.rename(path, to: target)
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
