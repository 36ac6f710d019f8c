import Catalogue
internal import Glibc
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

/// Programs die at random while data moves; nothing may be lost, mixed up or left behind.
///
/// `BPUBSUB_CHAOS_SECONDS`, `BPUBSUB_CHAOS_MEGABYTES` and `BPUBSUB_CHAOS_CHANGES` scale it (in full: 120, 300, 1000),
/// `BPUBSUB_CHAOS_SEED` repeats what an earlier run chose.
@Suite(.patient, .serialized) struct ChaosTests {
    @Test func whateverIsKilledEverythingBecomesAsItWasPublished() async throws {
        let seed = ChaosRun.setting("SEED", UInt64.random(in: 0...999_999))
        print("chaos: BPUBSUB_CHAOS_SEED=\(seed)")
        try await World.complete { world in
            let run = ChaosRun(world: world, seed: seed)
            try await run.prepare()
            try await withThrowingTaskGroup { group in
                group.addTask { try await run.kill() }
                group.addTask { try await run.change() }
                group.addTask { try await run.download() }
                group.addTask { try await run.observe() }
                try await group.waitForAll()
            }
            try await run.verify()
            print("chaos: \(run.summary)")
            // A run in which little happened would show nothing.
            #expect(run.happened("kills") && run.happened("looks"), "\(run.summary)")
        }
    }
}

/// What goes on at the same time, and what it is measured by.
private final class ChaosRun: Sendable {
    private struct State {
        /// All contents that a small dataset ever had, recorded before anybody can see them.
        var published: [String: Set<[UInt8]>] = [:]
        /// What each small dataset is now; removed ones are missing.
        var current: [String: [UInt8]] = [:]
        /// Of the big file, whose contents follow from it.
        var generation = 0
        var end = ContinuousClock.now
        var counts: [String: Int] = [:]
    }

    static let big = "foo/big.bin"
    private static let programs = ["broker", "publisher", "subscriber"]

    let world: World
    private let seed: UInt64
    private let seconds = Int(ChaosRun.setting("SECONDS", 10))
    private let megabytes = Int(ChaosRun.setting("MEGABYTES", 30))
    private let changes = Int(ChaosRun.setting("CHANGES", 100))
    private let piece: [UInt8]
    private let state = Locked(State())

    init(world: World, seed: UInt64) {
        self.world = world
        self.seed = seed
        piece = noise(65_536 - 8, seed: seed)
    }

    static func setting(_ name: String, _ value: UInt64) -> UInt64 {
        Environment.current["BPUBSUB_CHAOS_" + name].flatMap { UInt64($0) } ?? value
    }

    var summary: String {
        state.withLock { $0.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" } }.joined(separator: ", ")
    }

    func happened(_ name: String) -> Bool { state.withLock { $0.counts[name, default: 0] > 1 } }
    private func count(_ name: String) { state.withLock { $0.counts[name, default: 0] += 1 } }
    private var end: ContinuousClock.Instant { state.withLock { $0.end } }
    /// When its time is up, but not before enough has happened to say something, however slow the machine is.
    private var isOver: Bool { ContinuousClock.now >= end && happened("kills") && happened("looks") }

    // MARK: What is published

    func prepare() async throws {
        for number in 0..<10 { try publish("foo/small/\(number)", noise(20_000, seed: seed &+ UInt64(number))) }
        try publishBig()
        try await world.waitForList(paths)
        let follow = try await world.bpubsub("follow", "foo/small")
        guard follow.isDone else { throw TestFailure("follow: \(follow.error)") }
        // Following keeps copies up to date; this makes them.
        let download = try await world.bpubsub("download", "foo/small")
        guard download.isDone else { throw TestFailure("download: \(download.error)") }
        state.withLock { $0.end = .now + .seconds(seconds) }
    }

    private var paths: [String] { state.withLock { Array($0.current.keys) + [Self.big] } }

    private func publish(_ path: String, _ bytes: [UInt8]) throws {
        state.withLock { state in
            state.published[path, default: []].insert(bytes)
            state.current[path] = bytes
        }
        try world.write(String(path.dropFirst("foo/".count)), bytes)
    }

    private func withdraw(_ path: String) throws {
        state.withLock { $0.current[path] = nil }
        try FileSystem.unlink("\(world.folder)/data/\(path.dropFirst("foo/".count))")
    }

    private func publishBig() throws {
        let generation = state.withLock { state in
            state.generation += 1
            return state.generation
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(megabytes << 20)
        for number in 0..<megabytes << 4 {
            bytes += stamp(number, generation)
            bytes += piece
        }
        try world.write("big.bin", bytes)
        count("big files")
    }

    /// All pieces of all generations begin differently, but for a quarter that is the same in all.
    private func stamp(_ number: Int, _ generation: Int) -> [UInt8] {
        let value = UInt64(number) << 32 | UInt64(number >> 4 & 3 == 0 ? 0 : generation)
        return (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Which of the big files these bytes are: all of them, and of no other.
    private func generation(of bytes: [UInt8]) -> Int? {
        // The first MiB is that of all.
        guard bytes.count == megabytes << 20, bytes.count > 1 << 20 else { return nil }
        let generation = (0..<4).reduce(0) { $0 | Int(bytes[1 << 20 + $1]) << ($1 * 8) }
        let isWhole = bytes.withUnsafeBytes { bytes in
            (0..<megabytes << 4).allSatisfy { number in
                let slice = UnsafeRawBufferPointer(rebasing: bytes[number << 16..<(number + 1) << 16])
                return stamp(number, generation).elementsEqual(slice[..<8])
                    && piece.withUnsafeBytes { isEqual($0, slice[8...]) }
            }
        }
        return isWhole && (1...state.withLock { $0.generation }).contains(generation) ? generation : nil
    }

    /// In a debug build the standard library compares byte by byte, which takes seconds.
    private func isEqual(_ a: UnsafeRawBufferPointer, _ b: Slice<UnsafeRawBufferPointer>) -> Bool {
        let b = UnsafeRawBufferPointer(rebasing: b)
        guard let left = a.baseAddress, let right = b.baseAddress, a.count == b.count else { return false }
        return memcmp(left, right, a.count) == 0
    }

    // MARK: What happens at the same time

    /// Kills one after the other, and starts it again at once as it was.
    func kill() async throws {
        var generator = Chance(state: seed)
        var next = ContinuousClock.now
        while !isOver {
            next += .milliseconds(300)
            try await until(next)
            let name = Self.programs[generator.below(Self.programs.count)]
            try await world.stop(name, killing: true)
            switch name {
            case "broker": try await world.startBroker()
            case "publisher": try await world.startPublisher()
            default: try await world.startSubscriber()
            }
            count("kills")
        }
    }

    /// Changes small files that are followed, evenly over the time; others come and go.
    func change() async throws {
        var generator = Chance(state: ~seed)
        let start = ContinuousClock.now
        for number in 0..<changes {
            try await until(start + (end - start) * number / changes)
            let isPassing = generator.below(5) == 0
            let path = isPassing ? "foo/passing/\(generator.below(3))" : "foo/small/\(generator.below(10))"
            if isPassing, paths.contains(path) {
                try withdraw(path)
            } else {
                let size = 1 + generator.below(200_000)
                try publish(path, noise(size, seed: seed &+ 1000 &+ UInt64(number)))
            }
            count("changes")
        }
    }

    /// Has the big file downloaded; when it is there before all is over, it changes.
    func download() async throws {
        while !isOver {
            if await isDownloaded() {
                count("downloads")
                try publishBig()
            }
            try await until(.now + .milliseconds(50))
        }
    }

    /// Asks for all of the big file, as often as it takes; whether the version that is published now is there.
    private func isDownloaded() async -> Bool {
        let request = HTTPClient.Request(
            method: "POST", url: world.url() + "/api/download", body: SharedBytes(Array("[\"\(Self.big)\"]".utf8)),
            // Whoever is frozen by a kill at the wrong moment is asked again.
            idleTimeout: .seconds(30))
        // Whoever has just been killed cannot answer.
        guard let answer = try? await world.client.send(request, limit: 1 << 20), answer.status < 300,
            String(decoding: answer.body, as: UTF8.self).contains("\"complete\"")
        else { return false }
        return bytesIfThere(Self.big).flatMap(generation) == state.withLock { $0.generation }
    }

    /// Whatever has its final name has the content that it was published with.
    func observe() async throws {
        var seen: [String: FileIdentity] = [:]
        while !isOver {
            for path in held() {
                guard let identity = try? FileIdentity(path: file(path)), seen[path] != identity else { continue }
                // Before its bytes are read, so that a file that changes in place is looked at again.
                seen[path] = identity
                try look(path)
            }
            count("looks")
            try await until(.now + .milliseconds(5))
        }
    }

    private func look(_ path: String) throws {
        guard let bytes = bytesIfThere(path) else { return }
        count("contents")
        let isKnown =
            path == Self.big
            ? generation(of: bytes) != nil : state.withLock { $0.published[path]?.contains(bytes) ?? false }
        guard isKnown else {
            throw TestFailure("\(path) has \(bytes.count) bytes that were never published (seed \(seed))")
        }
    }

    // MARK: What is left

    func verify() async throws {
        let limit = Patience.limit
        let wanted = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try await Eventually.holds("the list is what is published (seed \(seed))", within: limit) {
            (try? await world.list()) == wanted
        }
        try await Eventually.holds("the big file is there (seed \(seed))", within: limit) { await isDownloaded() }
        let answer = try await world.get("/api/download/" + Self.big)
        #expect(generation(of: answer.body) == state.withLock { $0.generation }, "(seed \(seed))")
        for (path, bytes) in state.withLock({ $0.current }) {
            if path.hasPrefix("foo/small/") {
                try await Eventually.holds("the copy of \(path) is as published (seed \(seed))", within: limit) {
                    bytesIfThere(path) == bytes
                }
            }
            let answer = try await world.get("/api/download/" + path)
            #expect(answer.status == 200 && answer.body == bytes, "\(path) is served as published (seed \(seed))")
        }
        try await Eventually.holds("no copy of what was removed is left (seed \(seed))", within: limit) {
            Set(held()).isSubset(of: wanted)
        }
    }

    // MARK: Looking

    private func file(_ path: String) -> String { "\(world.folder)/state-subscriber/files/\(path)" }

    private func held() -> [String] {
        var found = (try? FileSystem.list(file("foo/small")).entries.map { "foo/small/" + $0.name }) ?? []
        if FileSystem.exists(file(Self.big)) { found.append(Self.big) }
        return found
    }

    private func bytesIfThere(_ path: String) -> [UInt8]? {
        // More than any content here has, so that one that is too long is read too.
        let limit = path == Self.big ? megabytes << 20 + 1 : 1 << 20
        return try? FileSystem.readAll(file(path), limit: limit)
    }

    /// The pace of what happens; no state is awaited.
    private func until(_ instant: ContinuousClock.Instant) async throws {
        try await ContinuousClock().sleep(until: min(instant, max(end, .now)))
    }
}

/// The same choices for the same seed.
private struct Chance {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}
