internal import Platform

/// `bpubsub watch`
enum WatchCommand: Command {
    static let name = "watch"
    static let abstract = "print changes as they happen, until interrupted"
    static let discussion = "Connects again when the connection is lost, and then tells what has changed meanwhile."
    static let json = Option(flag: "json", help: "print each change as a line of JSON, as it came")
    static let options: [any OptionDescription] = [json]
    static let operands: [any OperandDescription] = [CommandOperands.patterns]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let isJSON = arguments[json]
        let watcher = Watcher(context.subscriber, arguments[CommandOperands.patterns]) { found in
            for (change, line) in found {
                try context.output.print(try text(change, line, isJSON: isJSON) + "\n")
            }
            try context.output.flush()
        }
        try await watcher.run(onTrouble: context.note)
    }

    private static func text(_ change: WatchedChange, _ line: [UInt8]?, isJSON: Bool) throws -> String {
        guard isJSON else { return change.line(at: .now) }
        if let line { return String(decoding: line, as: UTF8.self) }
        return JSONStyle.line(try change.json)
    }
}
