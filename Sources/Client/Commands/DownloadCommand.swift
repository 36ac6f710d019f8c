internal import HTTP
internal import Platform

/// `bpubsub download`
enum DownloadCommand: Command {
    static let name = "download"
    static let abstract = "have the subscriber hold all of some datasets, and perhaps write them into files"
    static let discussion = """
        With --output, files are verified against the datasets' versions and appear whole or not at all. A dataset that is \
        named lands in DIR itself, what is in a group or folder that is named has its path below that, and what a glob finds \
        its path below the glob's last plain folder: 'foo/2025/*.b2nd' lands in DIR, 'foo' in DIR and its folders. Files that \
        DIR has already are not fetched again, and what was interrupted goes on where it was. Their times are the datasets'. \
        With '--output -', the bytes go to standard output, one dataset after the other.
        """
    static let folder = Option(
        optional: "output", short: "o", placeholder: "DIR",
        help: "also write the files there; created if need be; - is standard output",
        parse: OptionValue.string)
    static let options: [any OptionDescription] = [folder]
    static let operands: [any OperandDescription] = [CommandOperands.names]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let folder = arguments[folder], names = arguments[CommandOperands.names]
        let download = Download(from: context.subscriber, to: context.output, note: context.note)
        do {
            if folder == "-" { return try await download.stream(names) }
            if let folder { try FileSystem.createDirectories(folder) }
            try await download.run(names, folder: folder)
        } catch is CancellationError {
            throw ClientError(
                .interrupted, "interrupted; the subscriber goes on, and 'bpubsub download' again shows how far it is")
        }
    }
}
