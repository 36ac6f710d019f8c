import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Random slices of random arrays through a cold and then a warm subscriber, compared with NumPy.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs python-blosc2"), .patient)
struct DifferentialTests {
    /// `BPUBSUB_SLICES` asks for more or fewer, `BPUBSUB_SEED` for others. Each is read twice.
    private static let count = (Environment.current["BPUBSUB_SLICES"].flatMap { Int($0) } ?? 20_000)
    private static let seed = Environment.current["BPUBSUB_SEED"].flatMap { Int($0) } ?? 1

    @Test("Every slice of every kind of array, cold and warm, is what NumPy says it is")
    func differential() async throws {
        try await Network.with { network in
            let all = try await TestPython.blocking {
                try SliceCases(in: network.folder, count: Self.count, seed: Self.seed + 7)
            }
            let subscriber = try await network.subscriber()
            let files = Set(all.cases.map(\.file))
            for file in files {
                try await network.publishFrame(file, FileSystem.readAll("\(network.folder)/\(file)", limit: 1 << 30))
            }
            try await subscriber.wait("all are known") { subscriber.parts.copy.count == files.count }
            try await readAll(all, subscriber)
            network.publisher.resetCounters()
            try await readAll(all, subscriber)
            #expect(network.publisher.requests.isEmpty, "what was read once is held")
        }
    }

    private func readAll(_ all: SliceCases, _ subscriber: TestSubscriber) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<6 {
                group.addTask {
                    for number in stride(from: reader, to: all.cases.count, by: 6) {
                        try await check(all.cases[number], all, subscriber)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func check(_ one: SliceCases.Case, _ all: SliceCases, _ subscriber: TestSubscriber) async throws {
        if one.kind == "indices", one.field != nil { return }
        let name = one.kind == "indices" ? "indices" : "slice_"
        let query = [(name, one.text)] + (one.field.map { [("field", $0)] } ?? [])
        let answer = try await subscriber.ask("/api/fetch/foo/" + one.file, query)
        guard answer.status == 200 else {
            Issue.record("\(one): \(answer.status) \(answer.text)")
            return
        }
        let values = try SampleArray.values(answer.body)
        // A frame of items has no dimensions to drop.
        let isShape = values.dtype == nil ? values.shape == [one.shape.first ?? 1] : values.shape == one.shape
        let isRight = isShape && all.isExpected(one, values.bytes)
        #expect(isRight, "\(one) gave \(values.shape)")
    }
}
