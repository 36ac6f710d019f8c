internal import Platform

/// `bpubsub follow`
enum FollowCommand: Command {
    static let name = "follow"
    static let abstract = "keep datasets complete and up to date from now on"
    static let discussion =
        "A group, folder or glob also takes in what is published later. All names are followed, or none."
    static let pin = Option(flag: "pin", help: "what is held of them stays, however little room there is")
    static let options: [any OptionDescription] = [pin]
    static let operands: [any OperandDescription] = [CommandOperands.names]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let names = arguments[CommandOperands.names]
        try await context.subscriber.follow(names, isPinned: arguments[pin])
        for name in names { try context.output.print("following \(PrintableText.escaped(name))\n") }
    }
}

/// `bpubsub unfollow`
enum UnfollowCommand: Command {
    static let name = "unfollow"
    static let abstract = "no longer keep datasets up to date"
    static let discussion =
        "What the subscriber holds of them stays readable. The names are those that were given to follow."
    static let operands: [any OperandDescription] = [CommandOperands.names]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let names = arguments[CommandOperands.names]
        try await context.subscriber.unfollow(names)
        for name in names { try context.output.print("no longer following \(PrintableText.escaped(name))\n") }
    }
}
