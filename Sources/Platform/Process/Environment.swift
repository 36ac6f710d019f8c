internal import CSystem

/// The process's environment.
public enum Environment {
    /// All variables; those that are not UTF-8 are left out.
    public static var current: [String: String] {
        var result: [String: String] = [:]
        // Nobody in this package calls setenv, so the block does not change under the walk.
        guard var entry = csystem_environment() else { return result }
        while let text = entry.pointee {
            if let text = String(validatingCString: text), let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}
