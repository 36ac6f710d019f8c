internal import HTTP
internal import Platform

/// `bpubsub download`
enum DownloadCommand: Command {
    static let name = "download"
    static let abstract = "have the subscriber hold all of some datasets, and perhaps write them into files"
    static let discussion = """
        With --output, files are verified against the datasets' versions and appear whole or not at all. They have the \
        datasets' file names; where two of these are equal, all get their paths below their groups.
        """
    static let folder = Option(
        optional: "output", short: "o", placeholder: "DIR", help: "also write the files there; created if need be",
        parse: OptionValue.string)
    static let options: [any OptionDescription] = [folder]
    static let operands: [any OperandDescription] = [CommandOperands.names]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let folder = arguments[folder]
        if let folder { try FileSystem.createDirectories(folder) }
        do {
            try await Download(context).run(arguments[CommandOperands.names], folder: folder)
        } catch is CancellationError {
            throw ClientError(
                .interrupted, "interrupted; the subscriber goes on, and 'bpubsub download' again shows how far it is")
        }
    }
}
