internal import Platform

/// Why an entry of the folder is not published.
enum FolderError: Error, Hashable, CustomStringConvertible {
    case absent
    /// A symbolic link leads out of the folder, or into a part of it that is not published.
    case outside(String)
    /// A socket, FIFO, device: there are no bytes to publish.
    case notAFile
    case unusableName(String)
    case system(SystemError)

    init(_ error: SystemError) {
        let isAbsent = error.code == SystemError.notFound || error.code == SystemError.notADirectory
        self = isAbsent ? .absent : .system(error)
    }

    var description: String {
        switch self {
        case .absent: "it is not there"
        case .outside(let place): "it leads out of the folder, to \(place)"
        case .notAFile: "it is neither a file nor a folder"
        case .unusableName(let reason): reason
        case .system(let error): "\(error)"
        }
    }
}
