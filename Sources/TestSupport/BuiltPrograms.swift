internal import Glibc
internal import Platform

/// Where the executables are that a test starts.
public enum BuiltPrograms {
    /// The path of a program: in the folder `BPUBSUB_BIN`, else where the tests were built.
    public static func path(of name: String) throws -> String {
        if name.contains("/") { return name }
        var folders: [String] = []
        if let folder = Environment.current["BPUBSUB_BIN"], !folder.isEmpty { folders.append(folder) }
        if let tests = try? FileSystem.canonicalPath("/proc/self/exe") { folders.append(FileSystem.folder(of: tests)) }
        folders.append(packageFolder + "/.build/debug")
        for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        throw TestFailure(
            "\(name) is in none of \(folders.joined(separator: ", ")): run swift build, or set BPUBSUB_BIN")
    }

    /// The root of the package, whose sources are where they were when the tests were built.
    public static var packageFolder: String {
        FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
    }
}
