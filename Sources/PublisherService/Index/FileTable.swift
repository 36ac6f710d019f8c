internal import Catalogue
internal import Platform

/// What is published at the moment: for each file its version, for each version its files; no I/O.
///
/// Small, because there may be millions: manifests and metadata stay in the ``DigestStore``.
struct FileTable {
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

    private var entries: [RelativePath: Entry] = [:]
    private var versions: [Version: Set<RelativePath>] = [:]
    /// By inode, also of files that have gone: a file that was moved need not be read again.
    private var inodes: [UInt64: (entry: Entry, path: RelativePath)] = [:]
    /// Names that lead to one file, of files with several.
    private var siblings: [UInt64: Set<RelativePath>] = [:]

    var count: Int { entries.count }
    /// How many different contents there are.
    var versionCount: Int { versions.count }
    var paths: some Collection<RelativePath> { entries.keys }

    subscript(path: RelativePath) -> Entry? { entries[path] }

    /// The files that have the version.
    func paths(of version: Version) -> Set<RelativePath> { versions[version] ?? [] }

    /// Whether any file was read on this device.
    func isOn(_ device: UInt64) -> Bool { entries.values.contains { $0.identity.device == device } }

    /// What is known of the file under any of its names; its times prove that it did not change since.
    func entry(sameAs identity: FileIdentity) -> Entry? {
        inodes[identity.inode]?.entry.ifUnchanged(from: identity)
    }

    /// The other names of the file: what is written through one of them is in all.
    func siblings(of path: RelativePath) -> [RelativePath] {
        guard !siblings.isEmpty, let inode = entries[path]?.identity.inode else { return [] }
        return siblings[inode]?.filter { $0 != path } ?? []
    }

    mutating func put(_ entry: Entry, at path: RelativePath) {
        drop(path)
        entries[path] = entry
        versions[entry.version, default: []].insert(path)
        let inode = entry.identity.inode
        let last = inodes.updateValue((entry, path), forKey: inode)
        guard let last, last.path != path, let other = entries[last.path]?.identity,
            other.inode == inode, other.device == entry.identity.device
        else { return }
        siblings[inode, default: [last.path]].insert(path)
    }

    mutating func remove(_ path: RelativePath) {
        drop(path)
        // What went is remembered for a while, but not more of it than of what is there.
        if inodes.count > 2 * entries.count + 1000 {
            inodes = Dictionary(entries.map { ($0.value.identity.inode, (entry: $0.value, path: $0.key)) }) { $1 }
        }
    }

    /// Time has passed in which a later write would have been seen.
    ///
    /// - Returns: Whether the file is still the one that was read.
    mutating func trust(_ path: RelativePath, as identity: FileIdentity) -> Bool {
        guard var entry = entries[path], entry.identity == identity, !entry.isTrusted else { return false }
        entry.isTrusted = true
        entries[path] = entry
        inodes[identity.inode] = (entry, path)
        return true
    }

    private mutating func drop(_ path: RelativePath) {
        guard let old = entries.removeValue(forKey: path) else { return }
        if siblings[old.identity.inode]?.remove(path) != nil, siblings[old.identity.inode]?.count ?? 0 < 2 {
            siblings[old.identity.inode] = nil
        }
        versions[old.version]?.remove(path)
        if versions[old.version]?.isEmpty == true { versions[old.version] = nil }
    }
}

extension FileTable.Entry {
    /// Nothing unless the file's times prove that it is what it was.
    func ifUnchanged(from identity: FileIdentity) -> Self? {
        isTrusted && self.identity.isUnchanged(from: identity) ? self : nil
    }
}
