import Blosc2
import Platform

/// Makes and changes arrays where no Python is: for the quick start, tests and benchmarks.
@main struct Program {
    static func main() {
        do {
            try run(try arguments())
        } catch let error as UsageError {
            end("bpubsub-sample: \(error.reason)\n\n\(usage)", status: 2)
        } catch {
            end("bpubsub-sample: \(error)\n", status: 1)
        }
    }

    static let usage = """
        usage: bpubsub-sample append PATH VALUE...
                 appends one row, or several, to the array in the file PATH
               bpubsub-sample write PATH ROW VALUE...
                 replaces one row, or several, from ROW on
               bpubsub-sample create PATH --shape N,N.. [--chunks N,N..] [--blocks N,N..] [--dtype CODE]
                                          [--level 0..9] [--seed N]
                 makes an array of noise, the same for the same seed; CODE is one of NumPy's, as f4 (the default) or i2

        The file is replaced as a whole, so that nobody reads half of a change.

        """

    private static func arguments() throws(UsageError) -> [String] {
        do {
            return try ProgramArguments.all()
        } catch {
            throw UsageError(error.message)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch arguments.first {
        case "append":
            guard arguments.count >= 3 else { throw UsageError("append needs a path and at least one value") }
            try append(arguments[1], arguments.dropFirst(2))
        case "write":
            guard arguments.count >= 4, let row = Int64(arguments[2]) else {
                throw UsageError("write needs a path, the number of a row and at least one value")
            }
            let bytes = try values(arguments.dropFirst(3), for: arguments[1])
            try bytes.withBytes { try ArrayFile.write($0, at: row, of: arguments[1]) }
        case "create": try CreateCommand(Array(arguments.dropFirst())).run()
        case "--help", "-h": print(usage, terminator: "")
        case let command?: throw UsageError("there is no command '\(command)'")
        case nil: throw UsageError("a command is missing")
        }
    }

    private static func append(_ path: String, _ texts: ArraySlice<String>) throws {
        let bytes = try values(texts, for: path)
        try bytes.withBytes { try ArrayFile.append($0, to: path) }
        let shape = try ArrayFile.describe(path).shape
        print("\(path) now has the shape (\(shape.map(String.init).joined(separator: ", ")))")
    }

    private static func values(_ texts: ArraySlice<String>, for path: String) throws -> SharedBytes {
        try NumberText.bytes(texts, dtype: ArrayFile.describe(path).dtype)
    }
}
