internal import Platform

/// `bpubsub completion`
enum CompletionCommand: Command {
    static let name = "completion"
    static let abstract = "print a script that completes commands, options and paths in a shell"
    static let discussion = """
        bash: source <(bpubsub completion bash)
        zsh: source <(bpubsub completion zsh)
        fish: bpubsub completion fish | source
        """
    static let shell = Operand(
        "SHELL", help: "bash, zsh or fish",
        parse: OptionValue.choice(CompletionScript.Shell.allCases.map { ($0.rawValue, $0) }))
    static let operands: [any OperandDescription] = [shell]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        try context.output.print(CompletionScript(commands: ClientProgram.commands).text(for: arguments[shell]))
    }
}
