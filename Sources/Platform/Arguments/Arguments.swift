/// The values of a program's options and operands.
public struct Arguments: Sendable {
    /// What `--help` or `--version` prints; the program does nothing else then.
    public enum Request: Hashable, Sendable { case help, version }

    public internal(set) var request: Request?
    /// What follows the first operand, that included, for a syntax with commands.
    public internal(set) var rest: [String] = []
    var options: [String: any Sendable] = [:]
    var operands: [String: any Sendable] = [:]
    var given: Set<String> = []

    /// The value of an option that the syntax declares.
    public subscript<Value>(_ option: Option<Value>) -> Value {
        guard let value = options[option.name] as? Value else {
            preconditionFailure("--\(option.name) is read but not declared")
        }
        return value
    }

    /// The value of an operand that the syntax declares.
    public subscript<Value>(_ operand: Operand<Value>) -> Value {
        guard let value = operands[operand.name] as? Value else {
            preconditionFailure("\(operand.name) is read but not declared")
        }
        return value
    }

    /// Whether an option was given, on the command line or in the environment.
    public func has(_ option: some OptionDescription) -> Bool { given.contains(option.name) }
}
