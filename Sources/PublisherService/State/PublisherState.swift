internal import Catalogue
internal import Digests
internal import Platform
internal import Synchronization

/// The folder in which a publisher keeps what must survive a restart.
final class PublisherState: Sendable {
    let identity: PublisherIdentity
    /// Tells this state folder from a copy of it.
    let instance: String
    let store: DigestStore
    /// Without symbolic links.
    let realPath: String
    private let lock: Locked<FolderLock?>

    /// - Throws: an error that names the folder, and who has it if somebody has.
    init(_ path: String, group: GroupName) throws {
        try StateFolder.prepare(path, mode: 0o700)
        lock = Locked(try FolderLock(path, owner: "bpubsub-publisher"))
        realPath = try FileSystem.canonicalPath(path)
        identity = try Self.identity("\(path)/secret")
        instance = try Self.instance(path)
        store = try DigestStore(path: "\(path)/publisher.sqlite", group: group)
    }

    /// Lets another publisher have the folder.
    func release() { lock.withLock { $0 = nil } }

    /// From where the secret lies: the same after every start, and another for a copy.
    private static func instance(_ path: String) throws(SystemError) -> String {
        let place = try FolderPlace(path: path), file = try FileIdentity(path: "\(path)/secret")
        let system = place.fileSystem == 0 ? "device \(place.device)" : "\(place.fileSystem)"
        let hasher = SHA256()
        hasher.update(Array("bpubsub instance\n\(system)\n\(file.inode)\n".utf8))
        return String(hasher.finish().description.prefix(16))
    }

    /// The secret that the publisher has, or a new one.
    private static func identity(_ path: String) throws -> PublisherIdentity {
        if FileSystem.exists(path) {
            let text = String(decoding: try FileSystem.readAll(path, limit: 200), as: UTF8.self)
            guard let identity = PublisherIdentity(secret: text.filter { $0 != "\n" }) else {
                throw PublisherError("'\(path)' does not hold 64 hexadecimal digits: remove it to get a new identity")
            }
            return identity
        }
        let identity = PublisherIdentity.random()
        try FileSystem.writeAtomically(path, Array((identity.secret + "\n").utf8), mode: 0o600)
        return identity
    }
}
