import Catalogue
import Digests

/// Records that tests announce.
enum Sample {
    static func path(_ text: String) throws -> DatasetPath { try DatasetPath(text) }

    static func dataset(_ path: String, _ content: UInt8 = 0) throws -> Dataset {
        Dataset(
            path: try DatasetPath(path), version: version(content), size: Int64(content), modified: 1_764_000_000.25)
    }

    static func put(_ path: String, _ content: UInt8 = 0) throws -> Change { .put(try dataset(path, content)) }

    static func delete(_ path: String) throws -> Change { .delete(try DatasetPath(path)) }

    static func group(_ name: String, online: Bool = true) -> Change {
        .group(
            Group(
                name: name, publisher: String(repeating: "ab", count: 16), urls: ["http://localhost:8001"],
                class: "public", online: online, since: 1_764_000_000))
    }

    static func version(_ content: UInt8) -> Version {
        guard let digest = Digest(bytes: [UInt8](repeating: content, count: 32)) else { preconditionFailure() }
        return Version(digest)
    }
}
