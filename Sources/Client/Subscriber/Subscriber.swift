internal import Catalogue
internal import HTTP
internal import Platform

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
        try await get("/api/list", patterns.map { ("pattern", $0) })
    }

    /// How names that begin so go on, one level deep: datasets, and folders and groups with a slash at the end.
    func completions(of text: String) async throws -> [String] {
        let names: [String] = try await get("/api/list", [("complete", text)])
        // An older subscriber lists everything.
        return names.filter { $0.utf8.starts(with: text.utf8) }
    }

    func longList(_ patterns: [String] = []) async throws -> [ListedDataset] {
        try await get("/api/list", patterns.map { ("pattern", $0) } + [("long", "true")])
    }

    /// - Parameters:
    ///   - isWhole: all of them is fetched, now and in every version from now on.
    ///   - isPinned: what is held of them stays, however little room there is.
    func follow(_ names: [String], isWhole: Bool = true, isPinned: Bool = false) async throws {
        let query = (isWhole ? [] : [("held", "true")]) + (isPinned ? [("pin", "true")] : [])
        try await post("/api/follow" + Self.query(query), names)
    }

    /// What it takes to follow them; nothing is followed.
    func followEstimate(_ names: [String]) async throws -> FollowEstimate {
        try decode(await post("/api/follow" + Self.query([("estimate", "true")]), names), "POST /api/follow")
    }

    func unfollow(_ names: [String]) async throws { try await post("/api/unfollow", names) }

    func held() async throws -> NamedValues<HeldDataset> { try await members("/api/info") }

    func groups() async throws -> [Group] { try await get("/api/publishers") }

    func status() async throws -> SubscriberStatus { try await get("/api/status") }

    /// Has the subscriber hold all of what the patterns name, and tells how far it is: to be asked again.
    func download(_ names: [String]) async throws -> [DatasetPath: TransferState] {
        let what = "POST /api/download"
        let bytes = try await post("/api/download", names)
        return try understood(what) {
            let states = try NamedValues<TransferState>(encoded: bytes)
            return Dictionary(
                uniqueKeysWithValues: try states.members.map { (try DatasetPath($0.name.text), $0.value) })
        }
    }

    /// An answer as it came.
    func json(_ path: String, _ query: [(String, String)] = []) async throws -> JSONValue { try await get(path, query) }

    /// An answer whose members are named by datasets or groups.
    func members<Value: Decodable>(_ path: String) async throws -> NamedValues<Value> {
        let bytes = try await send(request(path))
        return try understood("GET \(path)") { try NamedValues(encoded: bytes) }
    }

    // MARK: -

    private func request(_ path: String, _ query: [(String, String)] = []) -> HTTPClient.Request {
        HTTPClient.Request(
            url: url + path + Self.query(query), headers: Self.headers, idleTimeout: .seconds(60),
            acceptsCompression: true)
    }

    private func get<Answer: Decodable>(
        _ path: String, _ query: [(String, String)] = []
    ) async throws -> Answer {
        try decode(await send(request(path, query)), "GET \(path)")
    }

    @discardableResult
    private func post(_ path: String, _ names: [String]) async throws -> [UInt8] {
        var headers = Self.headers
        headers["Content-Type"] = "application/json"
        let request = HTTPClient.Request(
            method: "POST", url: url + path, headers: headers, body: SharedBytes(WireJSON.encode(names)),
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

    static func query(_ parameters: [(String, String)]) -> String {
        guard !parameters.isEmpty else { return "" }
        return "?"
            + parameters.map { "\(PercentEncoding.query($0))=\(PercentEncoding.query($1))" }.joined(separator: "&")
    }

    static let headers: HTTPHeaders = [ProtocolHeader.protocol: "1"]
}
