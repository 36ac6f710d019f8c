import Platform
import SubscriberService

@main struct Program {
    private static let listen = CommonOptions.listen(port: 8002)
    private static let state = CommonOptions.state(role: "subscriber")
    private static let groups = Option(
        repeated: "group", short: "g", placeholder: "NAME",
        help: "follow only this group; may be repeated (default: all)",
        parse: OptionValue.string)
    private static let fetchTimeout = Option(
        "fetch-timeout", placeholder: "SECONDS", default: Duration.seconds(15), defaultText: "15",
        help: "how long a publisher may be silent before a read fails",
        parse: OptionValue.seconds(in: 0.1...3600))
    private static let transfers = Option(
        "transfers", placeholder: "N", default: 8, help: "requests for data under way at the same time",
        parse: OptionValue.integer(in: 1...64))

    private static let cacheSize = Option(
        optional: "cache-size", placeholder: "BYTES",
        help: "how much of datasets to hold, as 500M or 20G; what was used least recently makes room, but for what is "
            + "followed (default: no limit)",
        parse: OptionValue.bytes(in: 1 << 20...Int64.max))

    private static let responseCodec = Option(
        "response-codec", placeholder: "CODEC", default: ResponseCodec.lz4,
        help: "how parts of arrays are compressed for clients: lz4; zstd, smaller and slower, for slow "
            + "links; none",
        parse: OptionValue.choice(ResponseCodec.allCases.map { ($0.rawValue, $0) }))

    private static let allowedHosts = Option(
        repeated: "allowed-host", placeholder: "NAME",
        help:
            "a name under which browsers reach the web page, as behind a proxy; may be repeated (default: addresses and "
            + "names of this machine)",
        parse: OptionValue.string)

    static func main() async {
        let syntax = ArgumentSyntax(
            program: "bpubsub-subscriber",
            summary: "Follows the broker's catalogue, keeps copies of what is read, and serves them to clients.",
            options: [
                listen, CommonOptions.broker, state, groups, fetchTimeout, transfers, cacheSize, responseCodec,
                allowedHosts, CommonOptions.answerMemory,
            ]
                + CommonOptions.log)
        await ProgramRunner.main(syntax) { arguments in
            var configuration = Subscriber.Configuration(
                listen: arguments[listen], broker: arguments[CommonOptions.broker], state: arguments[state],
                log: arguments.logger("subscriber"))
            configuration.groups = arguments[groups]
            configuration.fetchTimeout = arguments[fetchTimeout]
            configuration.concurrency = arguments[transfers]
            configuration.cacheSize = arguments[cacheSize]
            configuration.responseCodec = arguments[responseCodec]
            configuration.answerMemory = arguments[CommonOptions.answerMemory].map { Int($0) }
            configuration.allowedHosts = arguments[allowedHosts]
            let subscriber = try await Subscriber(configuration)
            StandardOutput.shared.announce("listening on \(subscriber.endpoint.url)", configuration.log)
            await subscriber.run()
        }
    }
}
