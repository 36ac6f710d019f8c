internal import CPage
internal import Digests

/// The page's files as they are in this program, under a name of their own: what a browser has of them it need not ask for
/// again, and with another program it asks for others.
enum PageRelease {
    static let name: String = {
        let hasher = SHA256()
        for index in 0..<cpage_file_count {
            let file = cpage_files_start()[index]
            hasher.update(UnsafeRawBufferPointer(start: file.bytes, count: file.count).bytes)
        }
        return String(hasher.finish().description.prefix(32))
    }()

    /// Takes a path below /page/ apart: the file's name, and whether it is one of these files for good. A page that is open
    /// since an older program asks under that one's name.
    static func file(_ path: Substring) -> (name: String, isKept: Bool) {
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == name.count, parts[0].allSatisfy(\.isHexDigit) else {
            return (String(path), false)
        }
        return (String(parts[1]), parts[0] == name)
    }
}
