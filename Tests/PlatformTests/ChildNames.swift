import Glibc
import Platform

/// File names and links that tests need and programs never make.
enum ChildNames {
    static func createNotUTF8(in folder: String) throws {
        let path = Array(folder.utf8CString.dropLast()) + [47, 120, -1, 121, 0]
        guard let file = fopen(path, "w") else { throw SystemError("create a file with a strange name", code: errno) }
        fclose(file)
    }

    static func symbolicLink(_ target: String, at path: String) throws {
        guard symlink(target, path) == 0 else { throw SystemError("link \(path)", code: errno) }
    }
}
