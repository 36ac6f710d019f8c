internal import Catalogue
internal import Platform
internal import Wire

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
    static let complete = Option(
        optional: "complete", placeholder: "TEXT",
        help: "what paths that begin with TEXT go on with, one level deep and on lines: for shells",
        parse: OptionValue.string)
    static let options: [any OptionDescription] = [long, lines, json, complete]
    static let operands: [any OperandDescription] = [CommandOperands.patterns]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let patterns = arguments[CommandOperands.patterns]
        if let text = arguments[complete] {
            for name in try await context.subscriber.completions(of: text) {
                try context.output.print(PrintableText.escaped(name) + "\n")
            }
            return
        }
        if arguments[long] {
            let listed = try await context.subscriber.longList(patterns)
            try await context.requireMatches(patterns, listed.map(\.dataset.path.text))
            let text =
                arguments[json] ? JSONStyle.line(try JSONStyle.value(listed)) + "\n" : Table.datasets(listed).text
            return try context.output.print(text)
        }
        let paths = try await context.subscriber.list(patterns)
        try await context.requireMatches(patterns, paths)
        if arguments[lines], !arguments[json] {
            // Scripts get the names as they are.
            let isShown = context.output.isTerminal
            for path in paths { try context.output.print((isShown ? PrintableText.escaped(path) : path) + "\n") }
        } else {
            try context.output.print(JSONStyle.line(paths) + "\n")
        }
    }
}
