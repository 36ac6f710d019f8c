internal import Catalogue
internal import HTTP
internal import Platform
internal import Wire

/// The subscriber that the commands talk to.
struct Subscriber: Sendable {
    /// Without a slash at the end.
    let url: String
    let http: HTTPClient

    /// A catalogue of a million datasets.
    private static let answerLimit = 1 << 30

    /// - Parameter address: May contain a name and a password, which are sent and not shown.
    init(url address: String) {
        let (url, configuration) = HTTPClient.Configuration.talking(to: address)
        self.url = url
        http = HTTPClient(configuration)
    }

    /// The paths that a pattern names, all without one.
    func list(_ patterns: [String] = []) async throws -> [String] {
        try await get(ListQuestion.target(patterns))
    }

    /// How names that begin so go on, one level deep: datasets, and folders and groups with a slash at the end.
    func completions(of text: String) async throws -> [String] {
        let names: [String] = try await get(ListQuestion.target(completing: text))
        // An older subscriber lists everything.
        return names.filter { $0.utf8.starts(with: text.utf8) }
    }

    func longList(_ patterns: [String] = []) async throws -> [ListedDataset] {
        try await get(ListQuestion.target(patterns, isLong: true))
    }

    /// - Parameters:
    ///   - isWhole: all of them is fetched, now and in every version from now on.
    ///   - isPinned: what is held of them stays, however little room there is.
    func follow(_ names: [String], isWhole: Bool = true, isPinned: Bool = false) async throws {
        try await post(FollowQuestion(isWhole: isWhole, isPinned: isPinned).target, names)
    }

    /// What it takes to follow them; nothing is followed.
    func followEstimate(_ names: [String]) async throws -> FollowEstimate {
        try decode(
            await post(FollowQuestion(isEstimate: true).target, names), "POST \(RoutePath.follow)")
    }

    func unfollow(_ names: [String]) async throws { try await post(RoutePath.unfollow.fixed, names) }

    func held() async throws -> NamedValues<HeldDataset> { try await members(.info) }

    func groups() async throws -> [Group] { try await get(RoutePath.publishers.fixed) }

    func status() async throws -> SubscriberStatus { try await get(RoutePath.status.fixed) }

    /// Has the subscriber hold all of what the patterns name, and tells how far it is: to be asked again.
    func download(_ names: [String]) async throws -> [DatasetPath: MirrorProgress] {
        let what = "POST \(RoutePath.download)"
        let bytes = try await post(RoutePath.download.fixed, names)
        return try understood(what) {
            let states = try NamedValues<MirrorProgress>(encoded: bytes)
            return Dictionary(
                uniqueKeysWithValues: try states.members.map { (try DatasetPath($0.name.text), $0.value) })
        }
    }

    /// An answer as it came.
    func json(_ path: RoutePath) async throws -> JSONValue { try await get(path.fixed) }

    /// An answer whose members are named by datasets or groups.
    func members<Value: Decodable>(_ path: RoutePath) async throws -> NamedValues<Value> {
        let bytes = try await send(request(path.fixed))
        return try understood("GET \(path)") { try NamedValues(encoded: bytes) }
    }

    // MARK: -

    /// - Parameter target: Path and query.
    private func request(_ target: String) -> HTTPClient.Request {
        HTTPClient.Request(
            url: url + target, headers: Self.headers, idleTimeout: .seconds(60), acceptsCompression: true)
    }

    private func get<Answer: Decodable>(_ target: String) async throws -> Answer {
        try decode(await send(request(target)), "GET \(target.prefix { $0 != "?" })")
    }

    @discardableResult
    private func post(_ target: String, _ names: [String]) async throws -> [UInt8] {
        var headers = Self.headers
        headers["Content-Type"] = MediaType.json
        let request = HTTPClient.Request(
            method: "POST", url: url + target, headers: headers, body: NamesBody.encode(names),
            idleTimeout: .seconds(60))
        return try await send(request)
    }

    func send(_ request: HTTPClient.Request) async throws -> [UInt8] {
        let response: HTTPClient.Response
        do {
            response = try await http.send(request, limit: Self.answerLimit)
        } catch {
            throw failure(error)
        }
        guard response.isSuccess else { throw refusal(response.status, response.body, as: response.head.description) }
        return response.body
    }

    func decode<Answer: Decodable>(_ bytes: [UInt8], _ what: String) throws -> Answer {
        try understood(what) { try WireJSON.decode(Answer.self, from: bytes, .answer) }
    }

    private func understood<Answer>(_ what: String, _ body: () throws -> Answer) throws -> Answer {
        do {
            return try body()
        } catch {
            throw ClientError(
                .badAnswer,
                "the answer of \(url) to \(what) is not a subscriber's: \(WireJSON.describe(error)); is that its address?"
            )
        }
    }

    static let headers = ProtocolHeader.common
}

extension Subscriber {
    /// What the catalogue says of a dataset; `nil` when there is none of that name.
    func dataset(_ path: String) async throws -> Dataset? {
        guard (try? DatasetPath(path)) != nil else { return nil }
        let target = RoutePath.dataset.of(path)
        do {
            return try decode(try await send(.init(url: url + target, headers: Self.headers)), "GET \(target)")
        } catch let error as ClientError where error.code == .notFound {
            return nil
        }
    }

    /// What fetching part of a dataset would cost, as JSON.
    func explain(_ path: String, _ question: JSONValue) async throws -> [UInt8] {
        try await ask(RoutePath.explain.of(path), question)
    }

    /// Part of a dataset, as a frame.
    func fetch(_ path: String, _ question: JSONValue) async throws -> [UInt8] {
        try await ask(RoutePath.fetch.of(path), question)
    }

    private func ask(_ target: String, _ question: JSONValue) async throws -> [UInt8] {
        var headers = Self.headers
        headers["Content-Type"] = MediaType.json
        return try await send(
            .init(
                method: "POST", url: url + target, headers: headers,
                body: SharedBytes(WireJSON.encode(question)), idleTimeout: .seconds(60)))
    }

    /// Some of a dataset's bytes.
    func bytes(_ path: String, _ range: Range<Int64>) async throws -> [UInt8] {
        if range.isEmpty { return [] }
        let bytes = try await send(download(path, range))
        guard bytes.count == range.count else {
            throw ClientError(.wrongBytes, "\(path): \(bytes.count) bytes came instead of \(range.count)")
        }
        return bytes
    }

    /// The same, piece by piece.
    func stream(
        _ path: String, _ range: Range<Int64>, _ write: @Sendable @escaping (SharedBytes) throws -> Void
    ) async throws {
        do {
            _ = try await http.receive(download(path, range)) { head in
                guard head.status == 206 else {
                    throw ClientError(.badAnswer, "\(path): \(url) answered with \(head)")
                }
            } onBytes: { bytes in
                try write(SharedBytes([UInt8](copying: bytes)))
            }
        } catch let error as HTTPError {
            throw failure(error)
        }
    }

    private func download(_ path: String, _ range: Range<Int64>) -> HTTPClient.Request {
        var headers = Self.headers
        headers["Range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        return .init(
            url: url + RoutePath.bytes.of(path), headers: headers, idleTimeout: .seconds(60))
    }
}

extension Subscriber {
    /// What to say when there is no answer.
    func failure(_ error: HTTPError) -> any Error {
        switch error.code {
        case .cancelled: return CancellationError()
        case .cannotConnect:
            return ClientError(
                .unreachable,
                "cannot reach the subscriber at \(url): \(Self.reason(error)); is bpubsub-subscriber running? "
                    + "--subscriber or BPUBSUB_SUBSCRIBER names another one")
        case .timeout, .peerClosed:
            return ClientError(
                .unreachable, "the subscriber at \(url) does not answer: \(Self.reason(error)); try again")
        case .redirected, .accessDenied:
            return ClientError(.refused, "no answer from the subscriber at \(url): \(Self.reason(error))")
        default:
            return ClientError(.badAnswer, "no good answer from \(url): \(Self.reason(error)); is that a subscriber?")
        }
    }

    /// What to say when the answer is no.
    ///
    /// - Parameter text: the status in words, with what is known of who answers.
    func refusal(_ status: Int, _ body: [UInt8], as text: String? = nil) -> ClientError {
        // A body that is no refusal of ours says by that where it comes from.
        guard let refusal = Refusal(status: status, body: body) else {
            let guess =
                switch status {
                case 403: "does a server or proxy before it refuse this?"
                case 502, 503, 504: "can a server or proxy before it not reach it?"
                default: "is it one?"
                }
            return ClientError(
                .badAnswer, "\(url) answered with \(text ?? "status \(status)") and not as a subscriber does; \(guess)")
        }
        guard let problems = refusal.problems?.members, !problems.isEmpty else {
            return ClientError(status == 404 ? .notFound : .refused, refusal.detail)
        }
        let lines = problems.map { name, problem in
            Self.describe(name.text, problem.reason, suggestions: problem.suggestions ?? [])
        }
        return ClientError(.notFound, lines.joined(separator: "; "))
    }

    /// One name that does not exist, and what might have been meant.
    static func describe(_ name: String, _ reason: String, suggestions: [String]) -> String {
        let hint =
            suggestions.isEmpty
            ? "'bpubsub list' shows what there is" : "did you mean \(suggestions.joined(separator: " or "))?"
        return "\(name): \(reason); \(hint)"
    }

    /// The error without the request, which the user did not make.
    private static func reason(_ error: HTTPError) -> String {
        if error.message.contains("Couldn't connect") || error.message.contains("Connection refused") {
            // Whose connection, where the environment names a proxy.
            let through = error.message.firstRange(of: "; it was asked through").map { error.message[$0.lowerBound...] }
            return "connection refused\(through ?? "")"
        }
        guard let range = error.message.firstRange(of: ": ") else { return error.message }
        return String(error.message[range.upperBound...])
    }
}
