internal import Catalogue
internal import Platform

/// `bpubsub list`
enum ListCommand: Command {
    static let name = "list"
    static let abstract = "list the datasets of all groups"
    static let discussion = "Prints a JSON array of their paths."
    static let long = Option(
        flag: "long", short: "l",
        help: "a table: shape, dtype, size, time, how much the subscriber holds, followed or not")
    static let lines = Option(
        flag: "lines", short: "1",
        help: "one path on each line instead of JSON; control characters are shown escaped on a terminal")
    static let json = Option(flag: "json", help: "JSON, also with --long")
    static let options: [any OptionDescription] = [long, lines, json]
    static let operands: [any OperandDescription] = [CommandOperands.patterns]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let patterns = arguments[CommandOperands.patterns]
        if arguments[long] {
            let listed = try await context.subscriber.longList(patterns)
            try await requireMatches(patterns, listed.map(\.dataset.path.text), context)
            let text =
                arguments[json] ? JSONStyle.line(try JSONStyle.value(listed)) + "\n" : Table.datasets(listed).text
            return try context.output.print(text)
        }
        let paths = try await context.subscriber.list(patterns)
        try await requireMatches(patterns, paths, context)
        if arguments[lines], !arguments[json] {
            // Scripts get the names as they are.
            let isShown = context.output.isTerminal
            for path in paths { try context.output.print((isShown ? PrintableText.escaped(path) : path) + "\n") }
        } else {
            try context.output.print(JSONStyle.line(paths) + "\n")
        }
    }

    /// A name that finds nothing is a mistake; a glob that finds nothing is not.
    private static func requireMatches(_ patterns: [String], _ found: [String], _ context: CommandContext) async throws
    {
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
            if pattern.isGlob || found.contains(where: pattern.matches) { continue }
            let candidates = if let all { all } else { try await context.subscriber.list() }
            all = candidates
            problems.append(
                Subscriber.describe(
                    text, "there is no such dataset, folder or group",
                    suggestions: NearestNames.of(text, among: candidates)))
        }
        if !problems.isEmpty { throw ClientError(.notFound, problems.joined(separator: "; ")) }
    }
}
