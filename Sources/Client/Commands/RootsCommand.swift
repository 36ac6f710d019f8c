internal import Catalogue
internal import Platform
internal import Wire

/// `bpubsub roots`
enum RootsCommand: Command {
    static let name = "roots"
    static let abstract = "list the groups"
    static let json = Option(flag: "json", help: "print JSON")
    static let options: [any OptionDescription] = [json]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        if arguments[json] {
            return try context.output.print(JSONStyle.line(try await context.subscriber.members(.roots)) + "\n")
        }
        for group in try await context.subscriber.groups() {
            try context.output.print(PrintableText.escaped(group.name) + "\n")
        }
    }
}
