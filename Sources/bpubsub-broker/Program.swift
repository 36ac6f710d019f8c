import BrokerService
import Platform

@main struct Program {
    private static let listen = CommonOptions.listen(port: 8000)
    private static let state = CommonOptions.state(role: "broker")
    private static let lease = Option(
        "lease", placeholder: "SECONDS", default: Duration.seconds(10), defaultText: "10",
        help: "how long a group stays online when its publisher is not heard of",
        parse: OptionValue.seconds(in: 0.1...3600))
    private static let bookmarkInterval = Option(
        "bookmark-interval", placeholder: "SECONDS", default: Duration.seconds(3), defaultText: "3",
        help: "how often followers are shown that the connection is alive, and that they agree with the catalogue",
        parse: OptionValue.seconds(in: 0.1...60))

    private static let syntax = ArgumentSyntax(
        program: "bpubsub-broker",
        summary: "Keeps the catalogue of all groups: takes announcements, orders them, and streams the changes.",
        options: [listen, state, lease, bookmarkInterval, CommonOptions.answerMemory] + CommonOptions.log,
        epilogue: "SIGTERM or SIGINT (Ctrl-C) stops it. Prints 'listening on http://HOST:PORT' when it is ready.")

    static func main() async {
        await ProgramRunner.main(syntax) { arguments in
            var configuration = Broker.Configuration(listen: arguments[listen], state: arguments[state])
            configuration.leaseSeconds = arguments[lease] / .seconds(1)
            configuration.bookmarkInterval = arguments[bookmarkInterval]
            configuration.answerMemory = arguments[CommonOptions.answerMemory].map { Int($0) }
            configuration.logger = arguments.logger("broker")
            let broker = try await Broker(configuration)
            StandardOutput.shared.announce("listening on \(broker.endpoint.url)", configuration.logger)
            try await broker.run()
        }
    }
}
