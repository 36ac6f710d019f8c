internal import Platform

/// Why an entry of the folder is not published.
enum FolderError: Error, Hashable, CustomStringConvertible {
    case absent
    /// A symbolic link leads out of the folder, or into a part of it that is not published.
    case outside(String)
    /// A socket, FIFO, device: there are no bytes to publish.
    case notAFile
    case unusableName(String)
    /// It is packed, and cannot be unpacked.
    case damaged(String)
    case system(SystemError)

    init(_ error: SystemError) {
        let isAbsent = error.code == SystemError.notFound || error.code == SystemError.notADirectory
        self = isAbsent ? .absent : .system(error)
    }

    /// Whether the file may be there nevertheless: it could not be asked for.
    var isPassing: Bool {
        guard case .system(let error) = self else { return false }
        return !SystemError.ofTheFileItself.contains(error.code)
    }

    private static func remedy(_ code: Int32) -> String {
        switch code {
        case SystemError.permissionDenied: "; give the publisher's user the right to read it"
        case SystemError.tooManyOpenFiles: "; raise the number of files that it may have open (ulimit -n)"
        default: ""
        }
    }

    var description: String {
        switch self {
        case .absent: "it is not there"
        case .outside(let place): "it leads out of the folder, to \(place)"
        case .notAFile: "it is neither a file nor a folder"
        case .unusableName(let reason), .damaged(let reason): reason
        case .system(let error): "\(error)\(Self.remedy(error.code))"
        }
    }
}

extension SystemError {
    /// Missing permissions, names that are too long, loops of links, things that are no files: the file has them for good.
    ///
    /// EPERM, ENOENT, ENXIO, EACCES, ENOTDIR, ENAMETOOLONG, ELOOP.
    fileprivate static let ofTheFileItself: Set<Int32> = [1, 2, 6, 13, 20, 36, 40]
}
