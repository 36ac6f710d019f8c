import Platform
import PublisherService

@main struct Program {
    private static let group = Operand(
        "GROUP", help: "the name under which the files are published", parse: OptionValue.string)
    private static let folder = Operand(
        "FOLDER", help: "its files are published, those of its subfolders too", parse: OptionValue.string)
    private static let listen = CommonOptions.listen(port: 8001)
    private static let advertise = Option(
        repeated: "advertise", short: "a", placeholder: "URL",
        help: "where others reach the data, if not where it listens; may be repeated, the best first",
        parse: OptionValue.serviceURL)
    private static let classText = Option(
        "class", short: "c", placeholder: "TEXT", default: "public", help: "by which readers tell groups apart",
        parse: OptionValue.string)
    private static let poll = Option(
        optional: "poll", short: "p", placeholder: "SECONDS",
        help: "walk the folder so often instead of counting on the system's notices; for network file systems",
        parse: OptionValue.seconds(in: 0.1...86400))
    private static let settle = Option(
        "settle", placeholder: "SECONDS", default: Duration.seconds(1), defaultText: "1",
        help: "how long a file must be quiet when it is not known whether its writer is done",
        parse: OptionValue.seconds(in: 0.05...3600))
    private static let open = Option(
        optional: "open-limit", placeholder: "SECONDS",
        help: "how long what a writer that keeps its file open has written is held back; ten times as long where the "
            + "file is new or begun anew (default: 60 times --settle)",
        parse: OptionValue.seconds(in: 0.05...86400))
    private static let caterva2Files = Option(
        flag: "caterva2-files",
        help: "publish a file X.b2 that is a file packed by Caterva2, or as it does, as the file X, unpacked")
    private static let state = Option(
        optional: "state", short: "s", placeholder: "DIR",
        help: "the folder that keeps what must survive a restart (default: "
            + "publisher/GROUP in $STATE_DIRECTORY; $XDG_STATE_HOME/bpubsub/publisher/GROUP or ~/.local/state/bpubsub/publisher/GROUP)",
        parse: OptionValue.string)

    private static let syntax = ArgumentSyntax(
        program: "bpubsub-publisher",
        summary: "Publishes the files of a folder as a group, and every change of them.",
        options: [
            CommonOptions.broker, listen, advertise, classText, poll, settle, open, caterva2Files, state,
            CommonOptions.answerMemory,
        ] + CommonOptions.log,
        operands: [group, folder],
        epilogue: "Files and folders whose names start with '.', and editors' temporary files, are not published "
            + "(.zarray, .zattrs, .zgroup and .zmetadata are). What is not to be seen because its file system or the "
            + "folder itself is away is not withdrawn: remove files to withdraw them. "
            + "SIGTERM or SIGINT (Ctrl-C) stops it. Prints 'listening on http://HOST:PORT' when it serves.")

    static func main() async {
        await ProgramRunner.main(syntax) { arguments in
            let group = arguments[group]
            let standard = "\(StateFolder.standard(role: "publisher"))/\(group)"
            var configuration = Publisher.Configuration(
                group: group, folder: arguments[folder], broker: arguments[CommonOptions.broker],
                listen: arguments[listen], state: arguments[state] ?? standard)
            configuration.advertise = arguments[advertise]
            configuration.class = arguments[classText]
            configuration.poll = arguments[poll]
            configuration.settle = arguments[settle]
            configuration.answerMemory = arguments[CommonOptions.answerMemory].map { Int($0) }
            configuration.open = arguments[open]
            configuration.caterva2Files = arguments[caterva2Files]
            configuration.logger = arguments.logger("publisher")
            let publisher = try await Publisher(configuration)
            StandardOutput.shared.announce("listening on \(publisher.endpoint.url)", configuration.logger)
            try await publisher.run()
        }
    }
}
