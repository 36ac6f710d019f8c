internal import Platform

/// One command of the program.
protocol Command: Sendable {
    static var name: String { get }
    /// What it does, in a few words for the list of commands.
    static var abstract: String { get }
    /// More, for its own help text.
    static var discussion: String { get }
    static var options: [any OptionDescription] { get }
    static var operands: [any OperandDescription] { get }
    static func run(_ arguments: Arguments, _ context: CommandContext) async throws
}

extension Command {
    static var discussion: String { "" }
    static var options: [any OptionDescription] { [] }
    static var operands: [any OperandDescription] { [] }

    static var syntax: ArgumentSyntax {
        let summary = abstract.prefix(1).uppercased() + abstract.dropFirst() + "."
        return ArgumentSyntax(
            program: "\(ClientProgram.name) \(name)",
            summary: discussion.isEmpty ? summary : "\(summary)\n\n\(discussion)",
            options: options + [ClientProgram.subscriber], operands: operands)
    }
}

/// What commands work with.
struct CommandContext: Sendable {
    let subscriber: Subscriber
    let output: any TextOutput
    /// For what is not the result: one line each, on standard error.
    let note: @Sendable (String) -> Void
}

/// Operands that commands share.
enum CommandOperands {
    static let patterns = Operand(
        repeated: "PATTERN",
        help: "a dataset (foo/a.b2nd), a group (foo), a folder (foo/dir) or a glob ('foo/**/*.b2nd')",
        parse: CommandOperands.pattern)
    static let names = Operand(
        repeated: "PATH", minimum: 1,
        help: "a dataset (foo/a.b2nd), a group (foo), a folder (foo/dir) or a glob ('foo/**/*.b2nd')", parse: pattern)

    static func pattern(_ text: String) throws(UsageError) -> String {
        guard !text.isEmpty else { throw UsageError("a name must not be empty") }
        return text
    }
}
