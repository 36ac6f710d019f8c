internal import Catalogue
internal import Platform
internal import Wire

/// `bpubsub info`
enum InfoCommand: Command {
    static let name = "info"
    static let abstract = "print what is followed, or all about one dataset"
    static let discussion =
        "Without PATH, the followed datasets, one per line; with --json, also those held without following."
    static let json = Option(flag: "json", help: "print JSON")
    static let path = Operand(optional: "PATH", help: "a dataset", parse: CommandOperands.pattern)
    static let options: [any OptionDescription] = [json]
    static let operands: [any OperandDescription] = [path]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        if let path = arguments[path] {
            let entry = try await find(path, context)
            let text = arguments[json] ? try line(entry) + "\n" : Details.dataset(entry).text
            return try context.output.print(text)
        }
        if arguments[json] {
            return try context.output.print(JSONStyle.line(try await context.subscriber.members(.info)) + "\n")
        }
        for (path, held) in try await context.subscriber.held().members where held.follow {
            try context.output.print(PrintableText.escaped(path.text) + "\n")
        }
    }

    private static func find(_ path: String, _ context: CommandContext) async throws -> ListedDataset {
        let listed = try await context.subscriber.longList([path])
        // By bytes: two spellings of "é" are two datasets.
        if let entry = listed.first(where: { $0.dataset.path.text.hasBytes(of: path) }) { return entry }
        if !listed.isEmpty {
            throw ClientError(
                .notFound, "\(path) names \(listed.count) datasets and not one: see 'bpubsub list -l \(path)'")
        }
        let all = try await context.subscriber.list()
        throw ClientError(
            .notFound,
            Subscriber.describe(path, "there is no such dataset", suggestions: NearestNames.of(path, among: all)))
    }

    /// The dataset as the catalogue has it, and how much of it is here.
    private static func line(_ entry: ListedDataset) throws -> String {
        guard case .object(var object) = try JSONStyle.value(entry.dataset) else { return "{}" }
        object["held"] = .integer(entry.held)
        object["complete"] = .bool(entry.complete)
        object["followed"] = .bool(entry.followed)
        return JSONStyle.line(.object(object))
    }
}
