internal import Catalogue
internal import Platform
internal import Synchronization

/// What is published at the moment: for each file its version, for each version its files.
///
/// Small, because there may be millions: manifests and metadata stay in the ``DigestStore``.
final class FolderIndex: Sendable {
    struct Entry: Hashable, Sendable {
        /// The file as it was when it was read.
        var identity: FileIdentity
        var version: Version
        /// False when the file may have been written to after it was read without its times showing it.
        var isTrusted: Bool
        var kind = Dataset.Kind.file
    }

    fileprivate struct State {
        var entries: [RelativePath: Entry] = [:]
        var paths: [Version: Set<RelativePath>] = [:]
        /// By inode, also of files that have gone: a file that was moved need not be read again.
        var inodes: [UInt64: Entry] = [:]
    }

    private let state = Locked(State())

    var count: Int { state.withLock { $0.entries.count } }

    /// How many different contents there are.
    var versionCount: Int { state.withLock { $0.paths.count } }

    func entry(_ path: RelativePath) -> Entry? { state.withLock { $0.entries[path] } }

    /// The files that have the version.
    func paths(of version: Version) -> [RelativePath] { state.withLock { Array($0.paths[version] ?? []) } }

    func paths(inside trees: [RelativePath]) -> [RelativePath] {
        state.withLock { state in
            trees.contains(.root)
                ? Array(state.entries.keys) : state.entries.keys.filter { trees.contains(where: $0.isInside) }
        }
    }

    /// All files, sorted.
    var allPaths: [RelativePath] { state.withLock { Array($0.entries.keys) }.sorted() }

    /// What is known of the file under any of its names; its times prove that it did not change since.
    func entry(sameAs identity: FileIdentity) -> Entry? {
        state.withLock { $0.inodes[identity.inode] }.flatMap { entry in
            entry.isTrusted && entry.identity.isUnchanged(from: identity) ? entry : nil
        }
    }

    func put(_ entry: Entry, at path: RelativePath) {
        state.withLock { state in
            state.remove(path)
            state.entries[path] = entry
            state.paths[entry.version, default: []].insert(path)
            state.inodes[entry.identity.inode] = entry
        }
    }

    func remove(_ path: RelativePath) {
        state.withLock { state in
            state.remove(path)
            // What went is remembered for a while, but not more of it than of what is there.
            if state.inodes.count > 2 * state.entries.count + 1000 {
                state.inodes = Dictionary(state.entries.values.map { ($0.identity.inode, $0) }) { $1 }
            }
        }
    }

    /// Time has passed in which a later write would have been seen.
    ///
    /// - Returns: Whether the file is still the one that was read.
    func trust(_ path: RelativePath, as identity: FileIdentity) -> Bool {
        state.withLock { state in
            guard var entry = state.entries[path], entry.identity == identity, !entry.isTrusted else { return false }
            entry.isTrusted = true
            state.entries[path] = entry
            state.inodes[identity.inode] = entry
            return true
        }
    }
}

extension FolderIndex.State {
    fileprivate mutating func remove(_ path: RelativePath) {
        guard let old = entries.removeValue(forKey: path) else { return }
        paths[old.version]?.remove(path)
        if paths[old.version]?.isEmpty == true { paths[old.version] = nil }
    }
}

extension FileIdentity {
    /// Whether nothing suggests that the content is another. Device numbers may change with each start of the machine.
    func isUnchanged(from other: FileIdentity) -> Bool { isSameContent(as: other) && changed == other.changed }

    /// How long ago something was written to it. Anybody may have set the time of the content, to the future too.
    func age(at now: Timestamp) -> Duration {
        let last = modified > now.nanoseconds ? changed : max(modified, changed)
        let (age, isOverflow) = now.nanoseconds.subtractingReportingOverflow(last)
        return .nanoseconds(isOverflow ? .max : age)
    }

    /// The same but for the inode's own time, which a rename changes too.
    func isSameContent(as other: FileIdentity) -> Bool {
        inode == other.inode && size == other.size && modified == other.modified
    }
}
