import Catalogue
import Platform
import TestSupport
import Testing

@testable import PublisherService

/// Writers that close their files several times, or not at all.
@Suite(.patient) struct WritingTests {
    /// Long enough for several settle times to pass.
    private static func letThingsSettle(_ harness: PublisherHarness) async throws {
        for _ in 0..<4 {
            try await harness.settled()
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func aFrameThatIsCaughtHalfWrittenWaitsForItsRest() async throws {
        try await PublisherHarness.run({ $0.frameLimit = .seconds(3600) }) { harness in
            let old = try Content.sample("temp.b2nd"), new = try Content.sample("wind.b2nd")
            try harness.folder.write("a.b2nd", old)
            try harness.folder.write("b.b2nd", Array(new.prefix(new.count / 2)))
            try await harness.published("a.b2nd", old)
            // As a writer does that closes its file after each step.
            try harness.folder.write("a.b2nd", Array(new.prefix(new.count / 2)))
            try await Self.letThingsSettle(harness)
            try harness.folder.write("a.b2nd", new)
            try harness.folder.write("b.b2nd", new)
            try await harness.published("a.b2nd", new)
            try await harness.published("b.b2nd", new)
            for name in ["a.b2nd", "b.b2nd"] {
                #expect(harness.watch.view.history(of: name).allSatisfy { $0?.kind == .array })
            }
        }
    }

    @Test func aFrameThatStaysDamagedIsAPlainFileInTheEnd() async throws {
        try await PublisherHarness.run { harness in
            let bytes = Array(try Content.sample("wind.b2nd").dropLast(100))
            try harness.folder.write("a.b2nd", bytes)
            let dataset = try await harness.published("a.b2nd", bytes)
            #expect(dataset.kind == .file)
            #expect(dataset.warning?.contains("plain file") == true)
            // Moved into place it is as whole as it will ever be: nobody waits.
            try harness.folder.write(".b", Array("no frame".utf8))
            try harness.folder.rename(".b", to: "b.b2nd")
            try await harness.published("b.b2nd", Array("no frame".utf8))
        }
    }

    @Test func aWriterThatPausesWithItsFileOpenMakesOneVersion() async throws {
        try await PublisherHarness.run({
            $0.settle = .milliseconds(50)
            $0.open = .seconds(3600)
        }) { harness in
            let bytes = Content.random(4000, seed: 9)
            var file: FileDescriptor? = try harness.folder.open("slow.bin")
            for start in stride(from: 0, to: 4000, by: 1000) {
                try file?.put(bytes[start..<start + 1000], at: Int64(start))
                try await Self.letThingsSettle(harness)
            }
            #expect(harness.watch.view["slow.bin"] == nil)
            file = nil
            try await harness.published("slow.bin", bytes)
            #expect(harness.watch.view.history(of: "slow.bin").count == 1)
        }
    }
}

@Suite struct WritePacesTests {
    private let path = RelativePath("a"), start = ContinuousClock.now

    @Test func whatFollowsACloseBelongsToIt() {
        var paces = WritePaces()
        let first = paces.close(path, at: start, gather: .milliseconds(50))
        #expect(first == start + .milliseconds(50))
        let next = start + .milliseconds(40)
        let second = paces.close(path, at: next, gather: .milliseconds(50))
        #expect(second == next + .milliseconds(50))
        let isRestless = paces.look(path, at: second)
        #expect(!isRestless)
    }

    @Test func aFileThatNeverRestsIsReadWithGrowingPauses() {
        var paces = WritePaces()
        var looks: [ContinuousClock.Instant] = []
        var due: ContinuousClock.Instant?
        // Sixty writes a second for ten seconds.
        for tick in 0..<600 {
            let now = start + .milliseconds(tick * 1000 / 60)
            if let next = due, next <= now {
                let isRestless = paces.look(path, at: next)
                #expect(isRestless)
                looks.append(next)
            }
            due = paces.close(path, at: now, gather: .milliseconds(50))
        }
        let first = looks[0] - start
        #expect(first <= .milliseconds(300), "the first is not kept waiting: \(first)")
        #expect((10...20).contains(looks.count), "\(looks.count) looks")
        #expect(looks[looks.count - 1] - looks[looks.count - 2] >= .seconds(1))
        // Time heals.
        if let next = due { _ = paces.look(path, at: next) }
        let later = start + .seconds(60)
        let rested = paces.close(path, at: later, gather: .milliseconds(50))
        #expect(rested == later + .milliseconds(50))
    }
}

@Suite struct HeldFilesTests {
    private let path = RelativePath("a"), start = ContinuousClock.now

    @Test func aLogIsPublishedNowAndThen() {
        var open = HeldFiles()
        for second in 0..<60 {
            let now = start + .seconds(second)
            _ = open.write(path, at: now, settle: .seconds(1), limit: .seconds(60))
            let end = open.hold(path, at: now, limit: .seconds(60), hasOnlyGrown: true)
            #expect(end == start + .seconds(60))
        }
        let end = open.hold(path, at: start + .seconds(60), limit: .seconds(60), hasOnlyGrown: true)
        #expect(end == nil)
    }

    @Test func aNewFileWaitsLongerUnlessItIsQuiet() {
        var open = HeldFiles()
        _ = open.write(path, at: start, settle: .seconds(1), limit: .seconds(60))
        _ = open.write(path, at: start + .seconds(50), settle: .seconds(1), limit: .seconds(60))
        let held = open.hold(path, at: start + .seconds(61), limit: .seconds(60), hasOnlyGrown: false)
        #expect(held == start + .seconds(110))
        let quiet = open.hold(path, at: start + .seconds(110), limit: .seconds(60), hasOnlyGrown: false)
        #expect(quiet == nil)
    }
}
