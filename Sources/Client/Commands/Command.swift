internal import Catalogue
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
            program: "\(CommandOptions.program) \(name)",
            summary: discussion.isEmpty ? summary : "\(summary)\n\n\(discussion)",
            options: options + [CommandOptions.subscriber], operands: operands)
    }
}

/// What commands work with.
struct CommandContext: Sendable {
    let subscriber: Subscriber
    let output: any TextOutput
    /// For what is not the result: one line each, on standard error.
    let note: @Sendable (String) -> Void
    /// All that the program has.
    let commands: [any Command.Type]
}

extension CommandContext {
    /// What finds nothing is a mistake, a name as well as a glob.
    func requireMatches(_ patterns: [String], _ found: [String]) async throws {
        var problems: [String] = []
        var all: [String]?
        for text in patterns {
            let pattern: PathPattern
            do {
                pattern = try PathPattern(text)
            } catch {
                problems.append("\(error)")
                continue
            }
            if found.contains(where: pattern.matches) { continue }
            if pattern.isGlob {
                problems.append("\(text): nothing matches it; 'bpubsub list' shows what there is")
                continue
            }
            let candidates = if let all { all } else { try await subscriber.list() }
            all = candidates
            problems.append(
                Subscriber.describe(
                    text, "there is no such dataset, folder or group",
                    suggestions: NearestNames.of(text, among: candidates)))
        }
        if !problems.isEmpty { throw ClientError(.notFound, problems.joined(separator: "; ")) }
    }
}

/// What is the same for all commands.
enum CommandOptions {
    /// Whose commands they are.
    static let program = "bpubsub"

    static let subscriber = Option(
        "subscriber", placeholder: "URL", default: "http://localhost:8002", help: "the subscriber to talk to",
        parse: OptionValue.serviceURLWithLogin)
}

/// Operands that commands share.
enum CommandOperands {
    static let patterns = Operand(
        repeated: "PATTERN",
        help: "a dataset (foo/a.b2nd), a group (foo), a folder (foo/dir) or a glob ('foo/**/*.{b2nd,txt}')",
        parse: CommandOperands.pattern)
    static let names = Operand(
        repeated: "PATH", minimum: 1,
        help: "a dataset (foo/a.b2nd), a group (foo), a folder (foo/dir) or a glob ('foo/**/*.{b2nd,txt}')",
        parse: pattern)

    static func pattern(_ text: String) throws(UsageError) -> String {
        guard !text.isEmpty else { throw UsageError("a name must not be empty") }
        return text
    }
}
