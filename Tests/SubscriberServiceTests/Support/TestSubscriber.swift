import Catalogue
import FoundationEssentials
import HTTP
import Platform
import TestSupport

@testable import SubscriberService

/// A running subscriber, as its clients see it.
struct TestSubscriber: Sendable {
    let url: String
    let state: String
    let client: HTTPClient
    let stop: Network.Stop
    /// For what no client can see.
    let parts: SubscriberParts

    struct Progress: Decodable, Sendable {
        let state: String
        let held: Int64
        let size: Int64
        let error: String?
    }

    struct Info: Decodable, Sendable {
        let follow: Bool
        let held: Int64
        let complete: Bool
        let stale: Bool
        let file: String?
        let copy: String?
    }

    struct Status: Decodable, Sendable {
        struct Broker: Decodable, Sendable { let connected: Bool }
        struct Transfers: Decodable, Sendable {
            let fetchedBytes: Int64
            let savedBytes: Int64
            let rejectedChunks: Int
        }
        struct Mirrors: Decodable, Sendable {
            let bytes: Int64
            let limit: Int64?
        }
        let broker: Broker
        let mirrors: Mirrors
        let transfers: Transfers
        let datasets: Int
    }

    func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> HTTPClient.Response {
        try await client.send(
            .init(url: url + PercentEncoding.path(path), headers: headers, idleTimeout: Patience.limit), limit: 1 << 30)
    }

    func post(_ path: String, _ names: [String]) async throws -> HTTPClient.Response {
        try await client.send(.init(method: "POST", url: url + path, body: SharedBytes(WireJSON.encode(names))))
    }

    func list() async throws -> [String] { try WireJSON.decode([String].self, from: try await get("/api/list").body) }
    func info() async throws -> [String: Info] {
        try WireJSON.decode([String: Info].self, from: try await get("/api/info").body)
    }
    func status() async throws -> Status { try WireJSON.decode(Status.self, from: try await get("/api/status").body) }

    func bytes(_ name: String) async throws -> [UInt8] {
        let answer = try await get("/api/download/foo/" + name)
        guard answer.status == 200 else { throw TestFailure("download: \(answer.status) \(answer.text)") }
        return answer.body
    }

    func progress(_ name: String) async throws -> Progress {
        let answer = try await post("/api/download", ["foo/" + name])
        guard answer.status == 200 else { throw TestFailure("download: \(answer.status) \(answer.text)") }
        return try WireJSON.decode([String: Progress].self, from: answer.body)["foo/" + name]!
    }

    /// Waits, by the subscriber's own events, until `condition` holds.
    func wait(_ what: String, until condition: @escaping @Sendable () async throws -> Bool) async throws {
        try await Eventually.holds(what) { (try? await condition()) ?? false }
    }

    func waitForList(_ names: [String]) async throws {
        try await wait("the list is \(names)") { try await list() == names.map { "foo/" + $0 } }
    }

    func download(_ name: String) async throws {
        try await wait("\(name) is held") { try await progress(name).state == "complete" }
    }

    /// The complete copy for other programs.
    func file(_ name: String) throws -> [UInt8] {
        try FileSystem.readAll("\(state)/files/foo/\(name)", limit: 1 << 30)
    }
}

/// Bytes that do not compress and repeat only with the seed.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: state >> UInt64(shift))) }
    }
    return Array(bytes.prefix(count))
}
