internal import Platform

/// `bpubsub follow`
enum FollowCommand: Command {
    static let name = "follow"
    static let abstract = "fetch datasets, and keep them complete and up to date from now on"
    static let discussion = """
        All of them is fetched, now and in every version from now on, and never makes room for anything else. A group, folder \
        or glob also takes in what is published later. What the subscriber has no room for is refused. All names are followed, \
        or none.
        """
    static let held = Option(
        flag: "held", help: "fetch nothing that is not held: keep current only what is held completely")
    static let pin = Option(
        flag: "pin", help: "with --held: what is held of them stays, however little room there is")
    static let estimate = Option(
        flag: "estimate", help: "only say what it takes: bytes, requests and disk; follow nothing")
    static let json = Option(flag: "json", help: "with --estimate: print JSON")
    static let options: [any OptionDescription] = [held, pin, estimate, json]
    static let operands: [any OperandDescription] = [CommandOperands.names]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let names = arguments[CommandOperands.names]
        guard !arguments[estimate] else {
            let estimate = try await context.subscriber.followEstimate(names)
            let text =
                arguments[json] ? JSONStyle.line(try JSONStyle.value(estimate)) + "\n" : Details.estimate(estimate).text
            return try context.output.print(text)
        }
        try await context.subscriber.follow(names, isWhole: !arguments[held], isPinned: arguments[pin])
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
