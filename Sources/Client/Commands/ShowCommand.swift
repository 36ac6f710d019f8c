internal import Arrays
internal import Catalogue
internal import Platform

/// `bpubsub show`
enum ShowCommand: Command {
    static let name = "show"
    static let abstract = "print values of an array, or a text file"
    static let discussion = """
        The slice is NumPy's: 'foo/temp.b2nd[0:10, 1]', 'foo/temp.b2nd[..., -1]'. Values are printed as NumPy prints \
        them; of more than a thousand only those at the ends are read and printed. Of a text file the slice is of bytes.
        """
    static let full = Option(flag: "full", help: "print everything, however much it is")
    static let json = Option(flag: "json", help: "print JSON: lists in lists; of a file, a string")
    static let raw = Option(flag: "raw", help: "write the bytes of the values, or of the file, as they are")
    static let explain = Option(
        flag: "explain", help: "read nothing; print what it would cost: blocks needed and held, bytes to fetch")
    static let field = Option(
        optional: "field", placeholder: "NAME", help: "of a structured type, print this field only",
        parse: OptionValue.string)
    static let part = Operand(
        "PATH", help: "a dataset, with a slice of it or without: 'foo/temp.b2nd[0:10, 1]'",
        parse: CommandOperands.pattern)
    static let options: [any OptionDescription] = [full, json, raw, explain, field]
    static let operands: [any OperandDescription] = [part]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        guard !(arguments[json] && arguments[raw]) else { throw UsageError("--json and --raw exclude each other") }
        let part = try await DatasetPart.find(arguments[part], at: context.subscriber)
        if arguments[explain] { return try await explain(part, arguments, context) }
        if part.dataset.kind == .file {
            if arguments[field] != nil { throw ClientError(.refused, "\(part.path) is a plain file, without fields") }
            let showing = FileShowing(
                part: part, subscriber: context.subscriber, output: context.output, note: context.note)
            return try await show(showing, arguments, context)
        }
        let showing = ArrayShowing(part: part, field: arguments[field], subscriber: context.subscriber)
        if arguments[raw] {
            try context.output.write(try await showing.values().bytes)
        } else if arguments[json] {
            try context.output.print(try await showing.json() + "\n")
        } else {
            try context.output.print(try await showing.text(isFull: arguments[full]) + "\n")
        }
    }

    private static func explain(
        _ part: DatasetPart, _ arguments: Arguments, _ context: CommandContext
    ) async throws {
        let question = part.question(field: arguments[field])
        let answer = try await context.subscriber.explain(part.path, question)
        if arguments[json] {
            let value: JSONValue = try context.subscriber.decode(answer, "POST /api/explain")
            try context.output.print(JSONStyle.line(value) + "\n")
        } else {
            let explanation: ReadExplanation = try context.subscriber.decode(answer, "POST /api/explain")
            try context.output.print(explanation.text)
        }
    }

    private static func show(_ file: FileShowing, _ arguments: Arguments, _ context: CommandContext) async throws {
        if arguments[raw] {
            try await file.raw()
        } else if arguments[json] {
            try context.output.print(try await file.json() + "\n")
        } else {
            try await file.show(isFull: arguments[full])
        }
    }
}
