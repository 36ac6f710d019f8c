internal import HTTP
internal import Platform

/// The program `bpubsub`: from its arguments to its output.
public enum ClientProgram {
    public static let name = CommandOptions.program

    static let commands: [any Command.Type] = [
        ListCommand.self, FollowCommand.self, UnfollowCommand.self, InfoCommand.self, DownloadCommand.self,
        ShowCommand.self, TreeCommand.self, RootsCommand.self, URLCommand.self, WatchCommand.self, StatusCommand.self,
        CompletionCommand.self,
    ]

    static var syntax: ArgumentSyntax {
        let width = (commands.map { $0.name.count }.max() ?? 0) + 2
        let list = commands.map { command in
            "  \(command.name)" + String(repeating: " ", count: width - command.name.count) + command.abstract
        }
        return ArgumentSyntax(
            program: name, summary: "Lists, follows and reads the datasets that a subscriber knows.",
            options: [CommandOptions.subscriber],
            epilogue: "Commands:\n\(list.joined(separator: "\n"))\n\n'\(name) COMMAND --help' tells more about each.",
            hasCommands: true)
    }

    /// Runs the command that the arguments name.
    ///
    /// - Throws: what went wrong, in words for the user; `UsageError` or `CommandUsageError` for wrong arguments.
    public static func run(_ arguments: [String], _ environment: [String: String]) async throws {
        try await run(arguments, environment, output: StandardOutput.shared) { Notes.tell("\(name): \($0)") }
    }

    static func run(
        _ arguments: [String], _ environment: [String: String], output: any TextOutput,
        note: @Sendable @escaping (String) -> Void
    ) async throws {
        let parsed = try syntax.parse(arguments, environment: environment)
        if try answer(parsed.request, syntax, output) { return }
        guard let word = parsed.rest.first else { throw UsageError("a command is missing") }
        guard let command = commands.first(where: { $0.name == word }) else {
            throw UsageError("there is no command '\(word)'")
        }
        // Options before the command are the command's, too.
        var own = Array(arguments.dropLast(parsed.rest.count))
        if own.last == "--" { own.removeLast() }
        let values: Arguments
        do {
            values = try command.syntax.parse(own + parsed.rest.dropFirst(), environment: environment)
        } catch {
            throw CommandUsageError(command: command.syntax.program, error)
        }
        if try answer(values.request, command.syntax, output) { return }
        let context = CommandContext(
            subscriber: Subscriber(url: values[CommandOptions.subscriber]), output: output, note: note,
            commands: commands)
        try await command.run(values, context)
    }

    private static func answer(
        _ request: Arguments.Request?, _ syntax: ArgumentSyntax, _ output: any TextOutput
    ) throws -> Bool {
        switch request {
        case .help: try output.print(syntax.help(width: max(60, min(100, output.columns ?? 90))))
        case .version: try output.print("\(name) \(ProgramVersion.current)\n")
        case nil: return false
        }
        return true
    }
}
