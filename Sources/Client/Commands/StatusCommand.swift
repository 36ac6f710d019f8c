internal import Platform
internal import Wire

/// `bpubsub status`
enum StatusCommand: Command {
    static let name = "status"
    static let abstract = "print how the subscriber, its broker and its publishers are"
    static let json = Option(flag: "json", help: "print JSON")
    static let options: [any OptionDescription] = [json]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        if arguments[json] {
            return try context.output.print(JSONStyle.line(try await context.subscriber.json(.status)) + "\n")
        }
        let status = try await context.subscriber.status()
        try context.output.print(Details.status(status, url: context.subscriber.url).text)
    }
}
