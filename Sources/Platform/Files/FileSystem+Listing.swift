internal import Glibc

extension FileSystem {
    /// What is in a folder, with the kinds of the entries.
    public struct Listing: Sendable {
        public struct Entry: Hashable, Sendable {
            public let name: String
            /// Of the entry itself: links are not followed.
            public let kind: FileIdentity.Kind
        }

        /// In the order of the folder, without "." and "..".
        public internal(set) var entries: [Entry] = []
        /// Names that are not UTF-8, made readable: such a file cannot be named in this program.
        public internal(set) var unusable: [String] = []
    }

    /// Lists a folder.
    public static func list(_ path: String) throws(SystemError) -> Listing {
        guard let folder = opendir(path) else { throw SystemError("list \(path)") }
        defer { closedir(folder) }
        var listing = Listing()
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw SystemError("list \(path)") }
                return listing
            }
            // The pointer from C is to the entry, whose name ends with a zero byte; valid until the next readdir.
            let (name, lossy) = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                let bytes = UnsafeRawPointer(tuple).assumingMemoryBound(to: CChar.self)
                return (String(validatingCString: bytes), String(cString: bytes))
            }
            if name == "." || name == ".." { continue }
            guard let name else {
                listing.unusable.append(lossy)
                continue
            }
            if let kind = kind(of: name, in: path, hint: Int32(entry.pointee.d_type)) {
                listing.entries.append(.init(name: name, kind: kind))
            }
        }
    }

    /// `nil` when the entry has gone meanwhile.
    private static func kind(of name: String, in folder: String, hint: Int32) -> FileIdentity.Kind? {
        switch hint {
        case Int32(DT_REG): .regular
        case Int32(DT_DIR): .directory
        case Int32(DT_LNK): .symbolicLink
        // Some file systems do not tell.
        case Int32(DT_UNKNOWN):
            // Not lost: an entry that cannot be looked at is an entry that has gone.
            try? FileIdentity(path: "\(folder)/\(name)", followingLinks: false).kind
        default: .other
        }
    }
}
