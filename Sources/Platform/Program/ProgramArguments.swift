internal import CSystem

/// The command line.
public enum ProgramArguments {
    /// The arguments without the program's name; Swift's own list repairs what is not UTF-8, and would name other files.
    public static func all() throws(UsageError) -> [String] {
        // Swift's way to them is asked last: it fails when a library that was loaded before has set a variable.
        let list = csystem_arguments() ?? CommandLine.unsafeArgv
        let count = csystem_arguments() == nil ? Int(CommandLine.argc) : Int(csystem_argument_count())
        var result: [String] = []
        for index in 1..<max(1, count) {
            // The C runtime promises as many pointers.
            guard let text = list[index] else { break }
            guard let text = String(validatingCString: text) else {
                throw UsageError("argument \(index) is not UTF-8")
            }
            result.append(text)
        }
        return result
    }
}
