import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport

/// The real programs, as processes of their own: a broker, publishers and subscribers with their state in one folder.
///
/// A program that is started again under its name has the port and the state that it had.
final class World: Sendable {
    struct Running: Sendable {
        let process: ChildProcess
        let url: String
    }

    let folder: String
    let client = HTTPClient(.init(idleTimeout: Patience.limit))
    private let running = Locked<[String: Running]>([:])
    private let ports = Locked<[String: UInt16]>([:])

    private init(folder: String) { self.folder = folder }

    static func with(_ body: @Sendable (World) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let world = World(folder: folder)
            defer { world.killAll() }
            try FileSystem.createDirectories(folder + "/data")
            try await body(world)
        }
    }

    /// All three, with the folder `data` as the group `foo`.
    static func complete(_ body: @Sendable (World) async throws -> Void) async throws {
        try await with { world in
            try await world.startBroker()
            try await world.startPublisher()
            try await world.startSubscriber()
            try await body(world)
        }
    }

    // MARK: Programs

    @discardableResult func start(_ name: String, _ program: String, _ arguments: [String]) async throws -> Running {
        let port = try ports.withLock { ports in
            let port = try ports[name] ?? ReservedPort.take()
            ports[name] = port
            return port
        }
        let process = try ChildProcess(
            program, arguments + ["--listen", "127.0.0.1:\(port)", "--state", "\(folder)/state-\(name)"])
        do {
            let url = try await process.url()
            let entry = Running(process: process, url: url)
            running.withLock { $0[name] = entry }
            return entry
        } catch {
            process.kill()
            throw error
        }
    }

    func startBroker(_ more: [String] = []) async throws {
        try await start("broker", "bpubsub-broker", ["--bookmark-interval", "0.2"] + more)
    }

    /// Where the broker is or will be.
    func brokerURL() -> String {
        if let url = running.withLock({ $0["broker"]?.url }) { return url }
        return "http://127.0.0.1:\(ports.withLock { $0["broker"] ?? 9 })"
    }

    func startPublisher(
        _ name: String = "publisher", group: String = "foo", data: String = "data", _ more: [String] = []
    ) async throws {
        try await start(name, "bpubsub-publisher", [group, "\(folder)/\(data)", "--broker", brokerURL()] + more)
    }

    func startSubscriber(
        _ name: String = "subscriber", broker: String? = nil, _ more: [String] = []
    ) async throws {
        try await start(name, "bpubsub-subscriber", ["--broker", broker ?? brokerURL()] + more)
    }

    func process(_ name: String) throws -> ChildProcess {
        guard let entry = running.withLock({ $0[name] }) else { throw TestFailure("\(name) does not run") }
        return entry.process
    }

    func url(_ name: String = "subscriber") -> String { running.withLock { $0[name]?.url } ?? "" }

    /// Ends a program and waits for its end.
    func stop(_ name: String, killing: Bool = false) async throws {
        let process = try process(name)
        if killing { process.kill() } else { process.terminate() }
        try await process.exit()
        running.withLock { $0[name] = nil }
    }

    func eraseState(_ name: String) throws { try FileSystem.removeTree("\(folder)/state-\(name)") }

    private func killAll() {
        for entry in running.withLock({ $0.values.map(\.process) }) {
            entry.thaw()
            entry.kill()
        }
    }

    // MARK: Files

    func write(_ name: String, _ bytes: [UInt8], in data: String = "data") throws {
        let path = "\(folder)/\(data)/\(name)"
        try FileSystem.createDirectories(FileSystem.folder(of: path))
        try FileSystem.writeAtomically(path, bytes)
    }

    /// The complete copy of a dataset at a subscriber.
    func copy(_ path: String, at subscriber: String = "subscriber") throws -> [UInt8] {
        try FileSystem.readAll("\(folder)/state-\(subscriber)/files/\(path)", limit: 1 << 30)
    }

    // MARK: Clients

    func get(
        _ path: String, from name: String = "subscriber", headers: HTTPHeaders = [:]
    ) async throws -> HTTPClient.Response {
        try await client.send(
            .init(url: url(name) + PercentEncoding.path(path), headers: headers, idleTimeout: Patience.limit),
            limit: 1 << 30)
    }

    /// The version of a dataset, as the catalogue has it.
    func version(of path: String, at name: String = "subscriber") async throws -> Version {
        try WireJSON.decode(Dataset.self, from: try await get("/api/datasets/" + path, from: name).body).version
    }

    func list(_ name: String = "subscriber") async throws -> [String] {
        try WireJSON.decode([String].self, from: try await get("/api/list", from: name).body)
    }

    func waitForList(_ names: [String], at name: String = "subscriber") async throws {
        let wanted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try await Eventually.holds("\(name) lists \(wanted)") { (try? await list(name)) == wanted }
    }

    func waitForBytes(_ path: String, _ bytes: [UInt8], at name: String = "subscriber") async throws {
        try await Eventually.holds("\(path) is served as it is now") {
            let answer = try? await get("/api/download/" + path, from: name)
            return answer?.status == 200 && answer?.body == bytes
        }
    }

    func waitForCopy(_ path: String, _ bytes: [UInt8], at name: String = "subscriber") async throws {
        try await Eventually.holds("the copy of \(path) is as it is now") {
            (try? copy(path, at: name)) == bytes
        }
    }

    struct Output: Sendable {
        let status: ChildProcess.Exit
        let out: [String]
        let error: String
        var isDone: Bool { status == .exited(0) }
        var text: String { out.joined(separator: "\n") }
    }

    /// Runs the client to its end.
    @discardableResult
    func bpubsub(_ arguments: String..., at subscriber: String = "subscriber") async throws -> Output {
        try await Self.run("bpubsub", ["--subscriber", url(subscriber)] + arguments)
    }

    static func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws
        -> Output
    {
        let process = try ChildProcess(program, arguments, environment: environment)
        let status = try await process.exit()
        return Output(
            status: status, out: process.lines(.output), error: process.lines(.error).joined(separator: "\n"))
    }
}

/// Bytes that do not compress, the same for the same seed.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &+ 1
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: state >> UInt64(shift))) }
    }
    return Array(bytes.prefix(count))
}
