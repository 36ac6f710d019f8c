import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Wire

@testable import Client

/// Answers as `docs/protocol.md` has a subscriber do, from datasets in memory; and misbehaves when it is told to.
final class FakeSubscriber: Sendable {
    struct State {
        var datasets: [ExactText: SampleDataset] = [:]
        /// How many bytes a download grows by with each question.
        var step: Int64 = .max
        /// Answers to the next downloads of bytes, in order; after them, good ones.
        var faults: [Fault] = []
        /// What to say about datasets whose download fails.
        var failures: [ExactText: String] = [:]
        /// What is in the way of downloads that run.
        var obstacle: String?
        /// A dataset that exists for the first question about downloads only.
        var withdrawn: ExactText?
        var groups: [Group] = []
        var requests: [String] = []
        var events: [AsyncStream<String>.Continuation] = []
        var listenerCount = 0
        /// Answers every request with this, when set.
        var stray: HTTPResponse?
    }

    enum Fault: Sendable {
        case flippedByte
        /// The connection ends after so many bytes.
        case cut(Int)
        case refusal(Int, String)
        /// The connection ends after so many bytes, and the dataset has another content from then on.
        case replacement(after: Int, by: SampleDataset)
    }

    let state: Locked<State>

    init(_ datasets: [SampleDataset]) {
        var state = State()
        for dataset in datasets { state.datasets[ExactText(dataset.dataset.path.text)] = dataset }
        self.state = Locked(state)
    }

    /// Runs `body` beside a server; `body` gets its URL.
    func serve<Result: Sendable>(
        port: UInt16 = 0, _ body: @Sendable (String) async throws -> Result
    ) async throws -> Result {
        let server = try HTTPServer(.init(listen: Endpoint(host: "127.0.0.1", port: port))) { request in
            await self.answer(request)
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run(grace: .milliseconds(100)) }
            defer {
                endStreams()
                group.cancelAll()
            }
            return try await body(server.endpoint.url)
        }
    }

    /// Runs one command against it, and gives what it printed.
    func run(_ arguments: String..., output: CollectedOutput = CollectedOutput()) async throws -> String {
        try await serve { url in
            try await ClientProgram.run(["--subscriber", url] + arguments, [:], output: output) {
                output.print("note: \($0)\n")
            }
        }
        return output.text
    }

    func send(_ line: FeedLine) { send(event: "change", String(decoding: line.encoded, as: UTF8.self)) }

    func send(event: String, _ data: String) {
        let streams = state.withLock { $0.events }
        for stream in streams { stream.yield("event: \(event)\ndata: \(data)\n\n") }
    }

    func endStreams() {
        let streams = state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
        for stream in streams { stream.finish() }
    }

    /// Returns when so many watchers have connected, all in all.
    func watchers(_ count: Int) async throws {
        try await Eventually.holds("\(count) watchers") { self.state.withLock { $0.listenerCount >= count } }
    }

    // MARK: -

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if let stray = state.withLock({ $0.stray }) { return stray }
        state.withLock { $0.requests.append("\(request.method) \(request.path)") }
        switch (request.method, request.path) {
        case ("GET", "/api/list"): return list(request)
        case ("GET", "/api/info"): return info()
        case ("GET", "/api/status"): return .json(Self.status)
        case ("GET", "/api/publishers"): return .json(state.withLock { $0.groups })
        case ("GET", "/api/events"): return events()
        case ("POST", "/api/follow"): return await follow(request, true)
        case ("POST", "/api/unfollow"): return await follow(request, false)
        case ("POST", "/api/download"): return await download(request)
        case ("GET", let path) where path.hasPrefix("/api/datasets/"):
            let name = ExactText(String(path.dropFirst("/api/datasets/".count)))
            guard let sample = state.withLock({ $0.datasets[name] }) else { return .refusal(404, "no dataset \(name)") }
            return .json(sample.dataset)
        case ("GET", let path) where path.hasPrefix("/api/download/"):
            return bytes(String(path.dropFirst("/api/download/".count)), request)
        default: return .refusal(404, "no such path")
        }
    }

    private func list(_ request: HTTPRequest) -> HTTPResponse {
        let patterns = request.query.filter { $0.name == "pattern" }.map(\.value)
        let found = state.withLock { $0.datasets.values.filter { Self.matches($0, patterns) } }
            .sorted { $0.dataset.path < $1.dataset.path }
        if let text = request.parameter("complete") {
            let names = found.map(\.dataset.path.text).filter { $0.utf8.starts(with: text.utf8) }
            return .json(names)
        }
        guard request.parameter("long") == "true" else { return .json(found.map(\.dataset.path.text)) }
        return .json(
            found.map {
                ListedDataset(
                    dataset: $0.dataset, held: $0.held, complete: $0.held == $0.dataset.size, followed: $0.isFollowed)
            })
    }

    private func info() -> HTTPResponse {
        let entries = state.withLock { $0.datasets.filter { $0.value.isFollowed || $0.value.held > 0 } }
        return .json(
            NamedValues(
                entries.mapValues {
                    HeldDataset(follow: $0.isFollowed, held: $0.held, complete: $0.held == $0.dataset.size)
                }))
    }

    private func follow(_ request: HTTPRequest, _ isFollowed: Bool) async -> HTTPResponse {
        guard let names = await names(request) else { return .refusal(400, "the body is not an array of names") }
        if let refusal = unknown(names) { return refusal }
        state.withLock { state in
            for path in state.datasets.keys where Self.matches(state.datasets[path], names) {
                state.datasets[path]?.isFollowed = isFollowed
            }
        }
        return .json("{}")
    }

    private func download(_ request: HTTPRequest) async -> HTTPResponse {
        guard let names = await names(request) else { return .refusal(400, "the body is not an array of names") }
        if let refusal = unknown(names) { return refusal }
        let states = state.withLock { state -> [ExactText: MirrorProgress] in
            var result: [ExactText: MirrorProgress] = [:]
            for (path, sample) in state.datasets where Self.matches(sample, names) {
                let size = sample.dataset.size
                let held = sample.held + min(state.step, size - sample.held)
                state.datasets[path]?.held = held
                let failure = state.failures[path] ?? (held < size ? state.obstacle : nil)
                result[path] = MirrorProgress(
                    path: sample.dataset.path, version: sample.dataset.version,
                    state: state.failures[path] != nil ? .failed : held == size ? .complete : .running, held: held,
                    size: size, error: failure)
            }
            if let path = state.withdrawn { state.datasets[path] = nil }
            return result
        }
        return .json(NamedValues(states))
    }

    private func bytes(_ path: String, _ request: HTTPRequest) -> HTTPResponse {
        let (found, planned) = state.withLock { state in
            (state.datasets[ExactText(path)], state.faults.isEmpty ? nil : state.faults.removeFirst())
        }
        guard let sample = found else { return .refusal(404, "no dataset \(path)") }
        var fault = planned
        var headers: HTTPHeaders = [
            "ETag": "\"\(sample.dataset.version)\"", "Bpubsub-Version": "\(sample.dataset.version)",
        ]
        var content = sample.bytes
        if case .refusal(let status, let detail) = fault { return .refusal(status, detail) }
        if case .flippedByte = fault { content[content.count / 2] ^= 1 }
        var status = 200
        if let range = request.headers["Range"], request.headers["If-Range"] == headers["ETag"],
            let start = Int(range.dropFirst("bytes=".count).dropLast())
        {
            status = 206
            headers["Content-Range"] = "bytes \(start)-\(content.count - 1)/\(content.count)"
            content.removeFirst(start)
        }
        let sent = content
        if case .replacement(let count, let newer) = fault {
            state.withLock { $0.datasets[ExactText(path)] = newer }
            fault = .cut(count)
        }
        guard case .cut(let count) = fault else {
            return HTTPResponse(status: status, headers: headers, body: .bytes(SharedBytes(sent)))
        }
        return HTTPResponse(
            status: status, headers: headers,
            body: .stream(length: Int64(sent.count)) { writer in
                try await writer.write(SharedBytes(sent.prefix(count)))
                throw TestFailure("cut")
            })
    }

    private func events() -> HTTPResponse {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        return HTTPResponse(
            headers: ["Content-Type": "text/event-stream"],
            body: .stream(length: nil) { writer in
                try await writer.write(SharedBytes(": hello\n\n"))
                self.state.withLock { state in
                    state.events.append(continuation)
                    state.listenerCount += 1
                }
                for await text in stream { try await writer.write(SharedBytes(text)) }
            })
    }

    // MARK: -

    private func names(_ request: HTTPRequest) async -> [String]? {
        guard let body = try? await request.body.collect(upTo: 1 << 20) else { return nil }
        return try? WireJSON.decode([String].self, from: body)
    }

    private func unknown(_ names: [String]) -> HTTPResponse? {
        let datasets = state.withLock { $0.datasets }
        let missing = names.filter { name in !datasets.values.contains { Self.matches($0, [name]) } }
        guard !missing.isEmpty else { return nil }
        let problem = Refusal.NameProblem(
            reason: "there is no such dataset",
            suggestions: NearestNames.of(missing[0], among: datasets.keys.sorted().map(\.text)))
        return Refusal.names(NamedValues(missing.map { (ExactText($0), problem) })).response
    }

    private static func matches(_ sample: SampleDataset?, _ patterns: [String]) -> Bool {
        guard let sample else { return false }
        return patterns.isEmpty
            || patterns.contains { (try? PathPattern($0))?.matches(sample.dataset.path.text) ?? false }
    }

    static let status = """
        {"version":"0.1.0","broker":{"url":"http://localhost:8000","connected":true,"since":1764000000.5,"epoch":null,\
        "revision":17,"lag":0.04},"groups":[{"name":"foo","publisher":"00","urls":["http://a:1"],"class":"public",\
        "online":false,"since":1764000000}],"datasets":3,"followed":["foo/a.txt","foo/*.b2nd"],"mirrors":{"count":2,\
        "complete":1,"bytes":2048,"size":4096},"transfers":{"running":1,"fetchedBytes":1024,"savedBytes":0,\
        "rejectedChunks":0}}
        """
}
