internal import Glibc
internal import Platform

/// The Python with python-blosc2, NumPy and the client of Caterva2 that `scripts/setup.sh --tests` makes.
public enum TestPython {
    /// The root of the package.
    public static let packageFolder: String = {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    }()

    public static let path = packageFolder + "/.deps/python/bin/python"
    public static var isInstalled: Bool { access(path, X_OK) == 0 }

    private static let pool = BlockingPool(name: "test-python", threads: 4)

    /// Runs a script in `folder` to its end.
    public static func running(_ script: String, _ arguments: String, in folder: String) async throws {
        try await pool.run { try run(script, arguments, in: folder) }
    }

    /// Runs `body` where it may block.
    public static func blocking<Result: Sendable>(
        _ body: @Sendable @escaping () throws -> Result
    ) async throws -> Result { try await pool.run(body) }

    /// The same; blocks.
    ///
    /// - Parameter arguments: for a shell.
    public static func run(_ script: String, _ arguments: String, in folder: String) throws {
        let path = "\(folder)/script-\(UInt32.random(in: 0 ... .max)).py"
        try FileSystem.writeAtomically(path, Array(script.utf8))
        guard system("cd \(folder) && \(Self.path) \(path) \(arguments)") == 0 else {
            throw TestFailure("the Python script failed")
        }
    }
}
