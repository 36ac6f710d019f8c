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
        /// The version is that of what is packed in the file.
        var isUnpacked = false
        /// When it was read first as it is, by this process.
        var read: ContinuousClock.Instant?
    }

    fileprivate struct State {
        var entries: [RelativePath: Entry] = [:]
        var paths: [Version: Set<RelativePath>] = [:]
        /// By inode, also of files that have gone: a file that was moved need not be read again.
        var inodes: [UInt64: (entry: Entry, path: RelativePath)] = [:]
        /// Names that lead to one file, of files with several.
        var siblings: [UInt64: Set<RelativePath>] = [:]
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

    /// Whether any file was read on this device.
    func isOn(_ device: UInt64) -> Bool {
        state.withLock { $0.entries.values.contains { $0.identity.device == device } }
    }

    /// Whether there are files below a folder; "" is all of it. Cost: a look at each file.
    func hasFolder(_ folder: String) -> Bool {
        let prefix = Array((folder.isEmpty ? "" : folder + "/").utf8)
        return folder.isEmpty || state.withLock { $0.entries.keys.contains { $0.text.utf8.starts(with: prefix) } }
    }

    /// The files and folders that are in a folder itself, sorted, those of folders with a slash at the end. Cost: a look at
    /// each file.
    func names(in folder: String) -> [String] {
        let prefix = Array((folder.isEmpty ? "" : folder + "/").utf8)
        let paths = state.withLock { $0.entries.keys.filter { $0.text.utf8.starts(with: prefix) } }
        var names: Set<[UInt8]> = []
        for path in paths {
            let rest = path.text.utf8.dropFirst(prefix.count)
            if let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
                names.insert(Array(rest[...slash]))
            } else {
                names.insert(Array(rest))
            }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Some of the files, in no order.
    func paths(atMost limit: Int) -> [RelativePath] { state.withLock { Array($0.entries.keys.prefix(limit)) } }

    /// What is known of the file under any of its names; its times prove that it did not change since.
    func entry(sameAs identity: FileIdentity) -> Entry? {
        state.withLock { $0.inodes[identity.inode]?.entry }.flatMap { entry in
            entry.isTrusted && entry.identity.isUnchanged(from: identity) ? entry : nil
        }
    }

    func put(_ entry: Entry, at path: RelativePath) {
        state.withLock { state in
            state.remove(path)
            state.entries[path] = entry
            state.paths[entry.version, default: []].insert(path)
            state.note(entry, at: path)
        }
    }

    /// The other names of the file: what is written through one of them is in all.
    func siblings(of path: RelativePath) -> [RelativePath] {
        state.withLock { state in
            guard !state.siblings.isEmpty, let inode = state.entries[path]?.identity.inode else { return [] }
            return state.siblings[inode]?.filter { $0 != path } ?? []
        }
    }

    func remove(_ path: RelativePath) {
        state.withLock { state in
            state.remove(path)
            // What went is remembered for a while, but not more of it than of what is there.
            if state.inodes.count > 2 * state.entries.count + 1000 {
                state.inodes = Dictionary(
                    state.entries.map { ($0.value.identity.inode, (entry: $0.value, path: $0.key)) }
                ) { $1 }
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
            state.inodes[identity.inode] = (entry, path)
            return true
        }
    }
}

extension FolderIndex.State {
    fileprivate mutating func note(_ entry: FolderIndex.Entry, at path: RelativePath) {
        let inode = entry.identity.inode
        let last = inodes.updateValue((entry, path), forKey: inode)
        guard let last, last.path != path, let other = entries[last.path]?.identity,
            other.inode == inode, other.device == entry.identity.device
        else { return }
        siblings[inode, default: [last.path]].insert(path)
    }

    fileprivate mutating func remove(_ path: RelativePath) {
        guard let old = entries.removeValue(forKey: path) else { return }
        if siblings[old.identity.inode]?.remove(path) != nil, siblings[old.identity.inode]?.count ?? 0 < 2 {
            siblings[old.identity.inode] = nil
        }
        paths[old.version]?.remove(path)
        if paths[old.version]?.isEmpty == true { paths[old.version] = nil }
    }
}

extension FileIdentity {
    /// Whether nothing suggests that the content is another. Device numbers may change with each start of the machine.
    func isUnchanged(from other: FileIdentity) -> Bool { isSameContent(as: other) && changed == other.changed }

    /// By how much its times may be behind what was done to it: whole seconds are those of a file system that has no
    /// others. Of FAT they are even.
    var grain: Duration {
        changed % 1_000_000_000 == 0 ? .milliseconds(2500) : .milliseconds(20)
    }

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
