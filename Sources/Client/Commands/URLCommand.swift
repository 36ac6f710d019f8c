internal import Arrays
internal import Catalogue
internal import Platform
internal import Wire

/// `bpubsub url`
enum URLCommand: Command {
    static let name = "url"
    static let abstract = "print the URL of a dataset's bytes, or of a slice, for other programs"
    static let part = Operand(
        "PATH", help: "a dataset, with a slice of it or without: 'foo/temp.b2nd[0:10, 1]'",
        parse: CommandOperands.pattern)
    static let operands: [any OperandDescription] = [part]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let subscriber = context.subscriber
        let part = try await DatasetPart.find(arguments[part], at: subscriber)
        if part.slice == .all {
            try context.output.print("\(subscriber.url)\(RoutePath.bytes.of(part.path))\n")
        } else {
            _ = try part.resolved()
            let target = RoutePath.fetch.of(part.path) + Query.text([("slice_", part.slice.description)])
            try context.output.print("\(subscriber.url)\(target)\n")
        }
        let host = subscriber.url.split(separator: "/").dropFirst().first ?? ""
        guard ["localhost", "127.", "[::1]"].contains(where: { host.hasPrefix($0) }) else { return }
        try context.output.flush()
        context.note("this is good on this machine only; for others, --subscriber http://\(FileSystem.hostName):PORT")
    }
}
