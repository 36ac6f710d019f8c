internal import Platform

/// Runs `body` with a new folder, which goes with all that is in it when `body` has ended.
public func withTemporaryFolder<Result>(
    _ name: String = "test", _ body: (String) async throws -> Result
) async throws -> Result {
    let folder = try newTemporaryFolder(name)
    defer { removeTemporaryFolder(folder) }
    return try await body(folder)
}

/// The same for code that does not wait.
public func withTemporaryFolder<Result>(_ name: String = "test", _ body: (String) throws -> Result) throws -> Result {
    let folder = try newTemporaryFolder(name)
    defer { removeTemporaryFolder(folder) }
    return try body(folder)
}

private func newTemporaryFolder(_ name: String) throws(SystemError) -> String {
    let base = Environment.current["TMPDIR"] ?? "/tmp"
    let folder = "\(base)/bpubsub-\(name)-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    try FileSystem.createDirectories(folder)
    return folder
}

private func removeTemporaryFolder(_ folder: String) {
    do {
        try FileSystem.removeTree(folder)
    } catch {
        // A process that is being killed may still be writing there: the folder is lost, the test's result is not.
        Logger("test").warning("\(error)")
    }
}
