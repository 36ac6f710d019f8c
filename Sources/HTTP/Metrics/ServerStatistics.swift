public import Metrics
internal import Platform
internal import Synchronization

/// What a server has answered since it started. Counting costs a few additions and takes no lock.
public final class ServerStatistics: Sendable {
    /// By the class of the status: 2xx to 5xx.
    private let answers = (2...5).map { _ in Counter() }
    private let durations = DurationHistogram()
    private let sent = Counter()
    private let turnedAway = Counter()
    /// By what the connection was doing.
    private let cut = (idle: Counter(), slow: Counter(), stalled: Counter())
    private let connectionCount = Atomic(0)
    private let heldBytes = Atomic(0)

    public init() {}

    /// Requests that were answered, feeds among them.
    public var answered: Int64 { answers.saturatingSum { $0.total } }
    /// Those whose status was 500 or more.
    public var failed: Int64 { answers[3].total }
    /// Those whose status was 400 to 499.
    public var refused: Int64 { answers[2].total }
    /// Bytes of bodies, without those of feeds.
    public var sentBytes: Int64 { sent.total }

    /// Counts an answer; what is read from a file or made for a stream is counted on its way.
    ///
    /// - Parameter duration: what the handler took.
    func note(_ response: HTTPResponse, isHead: Bool, duration: Duration? = nil) {
        note(status: response.status)
        if let duration { durations.record(duration) }
        guard !isHead else { return }
        switch response.body {
        case .bytes(let bytes): sent.add(bytes.count)
        case .segments(let segments): sent.add(segments.saturatingSum { $0.count })
        // The system sends it by itself.
        case .fixedFile(_, _, let length): sent.add(length)
        case .none, .file, .stream: break
        }
    }

    /// Bytes of a file or a stream are on their way.
    func note(sent bytes: Int) { sent.add(bytes) }

    func note(status: Int) { answers[(200...599).contains(status) ? status / 100 - 2 : 3].add() }

    /// Connections that there are now.
    public var connections: Int { connectionCount.load(ordering: .relaxed) }

    func set(connections count: Int) { connectionCount.store(count, ordering: .relaxed) }
    func set(held bytes: Int) { heldBytes.store(bytes, ordering: .relaxed) }
    func noteTurnedAway() {
        turnedAway.add()
        note(status: 503)
    }

    /// What a connection was ended for.
    enum Cut {
        /// It waited for a request, or for the rest of one.
        case idle
        /// Its upload came too slowly.
        case slow
        /// It did not take its answer.
        case stalled
    }

    func noteCut(_ cut: Cut) {
        switch cut {
        case .idle: self.cut.idle.add()
        case .slow: self.cut.slow.add()
        case .stalled: self.cut.stalled.add()
        }
    }

    public var metrics: [MetricFamily] {
        let classes = zip(2...5, answers).map { (label: "\($0)xx", value: MetricValue.count($1.total)) }
        return [
            MetricFamily(
                .counter, "bpubsub_http_requests", "Requests answered, by the class of the status.", by: "code", classes
            ),
            MetricFamily(
                "bpubsub_http_request_duration_seconds",
                "Time from the head of a request until its answer was ready to be sent; without feeds.",
                durations.snapshot),
            MetricFamily(
                .counter, "bpubsub_http_sent_bytes", unit: .bytes, "Bytes of bodies sent; without feeds.",
                .count(sent.total)),
            MetricFamily(.gauge, "bpubsub_http_connections", "Clients that are connected.", .count(connections)),
            MetricFamily(
                .gauge, "bpubsub_http_held_bytes", unit: .bytes, "Bytes that large answers hold until they are sent.",
                .count(heldBytes.load(ordering: .relaxed))),
            MetricFamily(
                .counter, "bpubsub_http_turned_away", "Connections that there was no place for.",
                .count(turnedAway.total)),
            MetricFamily(
                .counter, "bpubsub_http_cut", "Connections that were ended to make room, or for being too slow.",
                by: "for",
                [
                    ("idle", .count(cut.idle.total)), ("slow", .count(cut.slow.total)),
                    ("stalled", .count(cut.stalled.total)),
                ]),
        ]
    }
}
