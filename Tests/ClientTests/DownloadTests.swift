import Catalogue
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Client

@Suite("Downloads", .patient)
struct DownloadTests {
    static let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }

    func subscriber() throws -> FakeSubscriber {
        FakeSubscriber([
            try SampleDataset("foo/big.bin", Self.bytes), try SampleDataset("foo/d/empty", []),
            try SampleDataset("foo/d/x \u{e9}#%.txt", Array("hello".utf8)),
        ])
    }

    @Test("the subscriber is asked until it holds everything")
    func hold() async throws {
        let subscriber = try subscriber()
        subscriber.state.withLock { $0.step = 1_000_000 }
        let output = CollectedOutput()
        _ = try await subscriber.run("download", "foo", output: output)
        #expect(
            output.results.sorted() == [
                "foo/big.bin: complete, 2.9 MiB", "foo/d/empty: complete, 0 B", "foo/d/x é#%.txt: complete, 5 B",
            ])
    }

    @Test("what is in the way is told, once, and waited out")
    func obstacle() async throws {
        let subscriber = try subscriber()
        subscriber.state.withLock { state in
            state.step = 1_000_000
            state.obstacle = "the publisher is gone"
        }
        let output = CollectedOutput()
        _ = try await subscriber.run("download", "foo/big.bin", output: output)
        #expect(
            output.results == ["note: foo/big.bin: waiting: the publisher is gone", "foo/big.bin: complete, 2.9 MiB"])
    }

    @Test("a dataset that is withdrawn meanwhile does not keep the others")
    func withdrawn() async throws {
        let subscriber = try subscriber()
        subscriber.state.withLock { state in
            state.step = 1
            state.withdrawn = "foo/big.bin"
        }
        let output = CollectedOutput()
        let error = await #expect(throws: ClientError.self) {
            try await subscriber.run("download", "foo", output: output)
        }
        #expect(error?.message.hasPrefix("foo/big.bin: there is no such dataset") == true)
        #expect(output.results.sorted() == ["foo/d/empty: complete, 0 B", "foo/d/x é#%.txt: complete, 5 B"])
    }

    @Test("what fails is told with the reason, and the others are done")
    func failure() async throws {
        let subscriber = try subscriber()
        subscriber.state.withLock { $0.failures["foo/big.bin"] = "the publisher is gone" }
        let output = CollectedOutput()
        let error = await #expect(throws: ClientError.self) {
            try await subscriber.run("download", "foo", output: output)
        }
        #expect(error == ClientError(.incomplete, "foo/big.bin: the publisher is gone"))
        #expect(output.lines.count == 2)
    }

    @Test("files appear under their names, with the very bytes")
    func files() async throws {
        try await withTemporaryFolder { folder in
            let target = "\(folder)/new/out"
            let text = try await subscriber().run("download", "-o", target, "foo/big.bin", "foo/d")
            #expect(text.contains("foo/big.bin: written to \(target)/big.bin, 2.9 MiB\n"))
            #expect(try FileSystem.readAll("\(target)/big.bin", limit: 1 << 22) == Self.bytes)
            #expect(try FileSystem.readAll("\(target)/x é#%.txt", limit: 10) == Array("hello".utf8))
            #expect(Set(try FileSystem.list(target).entries.map(\.name)) == ["big.bin", "empty", "x é#%.txt"])
        }
    }

    @Test("a connection that breaks is taken up where it broke")
    func resume() async throws {
        try await withTemporaryFolder { folder in
            let subscriber = try subscriber()
            subscriber.state.withLock { $0.faults = [.cut(1_000_000), .cut(0), .cut(500_000)] }
            _ = try await subscriber.run("download", "foo/big.bin", "-o", folder)
            #expect(try FileSystem.readAll("\(folder)/big.bin", limit: 1 << 22) == Self.bytes)
        }
    }

    @Test("a dataset that changes between two connections is one of both, never a mixture")
    func change() async throws {
        try await withTemporaryFolder { folder in
            let subscriber = try subscriber()
            let newer = try SampleDataset("foo/big.bin", Array(Self.bytes.reversed()))
            subscriber.state.withLock { $0.faults = [.replacement(after: 1_000_000, by: newer)] }
            _ = try await subscriber.run("download", "foo/big.bin", "-o", folder)
            #expect(try FileSystem.readAll("\(folder)/big.bin", limit: 1 << 22) == newer.bytes)
        }
    }

    @Test("damaged bytes are fetched again, and never written")
    func damage() async throws {
        try await withTemporaryFolder { folder in
            let once = try subscriber()
            once.state.withLock { $0.faults = [.flippedByte] }
            _ = try await once.run("download", "foo/big.bin", "-o", folder)
            #expect(try FileSystem.readAll("\(folder)/big.bin", limit: 1 << 22) == Self.bytes)
            try FileSystem.writeAtomically("\(folder)/big.bin", [1])
            let twice = try subscriber()
            twice.state.withLock { $0.faults = [.flippedByte, .flippedByte] }
            let error = await #expect(throws: ClientError.self) {
                try await twice.run("download", "foo/big.bin", "-o", folder)
            }
            #expect(error?.message.contains("twice, are not those of the version") == true)
            #expect(try FileSystem.readAll("\(folder)/big.bin", limit: 10) == [1])
            #expect(try FileSystem.list(folder).entries.map(\.name) == ["big.bin"])
        }
    }

    @Test("what is there already is not fetched again, unless somebody has changed it; times are the datasets'")
    func unchanged() async throws {
        try await withTemporaryFolder { folder in
            let subscriber = try subscriber(), target = "\(folder)/big.bin"
            let fetched = { subscriber.state.withLock { $0.requests.count { $0 == "GET /api/download/foo/big.bin" } } }
            _ = try await subscriber.run("download", "foo/big.bin", "-o", folder)
            let first = try FileIdentity(path: target)
            #expect(first.modified == 1_764_000_000_000_000_000 && fetched() == 1)
            let text = try await subscriber.run("download", "foo/big.bin", "-o", folder)
            #expect(text.contains("foo/big.bin: \(target) has it, 2.9 MiB\n"))
            #expect(try FileIdentity(path: target).inode == first.inode && fetched() == 1)
            // One byte, and the same size and time: what is not noted is read.
            let file = try FileDescriptor(target, .readingAndWriting)
            try file.write([Self.bytes[7] ^ 1].span.bytes, at: 7)
            file.setNote("bpubsub.kept", "-")
            try file.setModified(Timestamp(nanoseconds: first.modified))
            _ = try await subscriber.run("download", "foo/big.bin", "-o", folder)
            #expect(try FileSystem.readAll(target, limit: 1 << 22) == Self.bytes && fetched() == 2)
            // A copy that has the bytes and no note gets the time, and is not fetched.
            try FileSystem.writeAtomically(target, Self.bytes)
            _ = try await subscriber.run("download", "foo/big.bin", "-o", folder)
            #expect(try FileIdentity(path: target).modified == first.modified && fetched() == 2)
        }
    }

    @Test("what an earlier try brought is not fetched again, also of a try that was broken off")
    func earlierTry() async throws {
        try await withTemporaryFolder { folder in
            let subscriber = try subscriber()
            subscriber.state.withLock { $0.faults = [.cut(1_000_000), .refusal(503, "not now")] }
            await #expect(throws: ClientError.self) {
                try await subscriber.run("download", "foo/big.bin", "-o", folder)
            }
            #expect(try FileSystem.list(folder).entries.map(\.name) == [".big.bin.part"])
            // It takes up where it was: a whole answer would be cut. How much of the first came is the kernel's affair.
            let kept = Int(try FileIdentity(path: "\(folder)/.big.bin.part").size)
            #expect(kept > 0)
            subscriber.state.withLock { $0.faults = [.cut(Self.bytes.count - kept + 1)] }
            _ = try await subscriber.run("download", "foo/big.bin", "-o", folder)
            #expect(try FileSystem.readAll("\(folder)/big.bin", limit: 1 << 22) == Self.bytes)
            #expect(try FileSystem.list(folder).entries.map(\.name) == ["big.bin"])
            #expect(subscriber.state.withLock { $0.requests.count { $0 == "GET /api/download/foo/big.bin" } } == 3)
        }
    }

    @Test("- is standard output, without a word beside the bytes")
    func standardOutput() async throws {
        let subscriber = try subscriber()
        subscriber.state.withLock { $0.faults = [.cut(2)] }
        let output = CollectedOutput()
        _ = try await subscriber.run("download", "foo/d", "-o", "-", output: output)
        #expect(output.text == "hello")
    }

    @Test("many small files are named together, and all are there")
    func manyFiles() async throws {
        try await withTemporaryFolder { folder in
            let datasets = try (0..<600).map { try SampleDataset("foo/d\($0 % 7)/\($0)", Array("\($0)".utf8)) }
            let text = try await FakeSubscriber(datasets).run("download", "foo", "-o", folder)
            #expect(text.split(separator: "\n").count { $0.contains(": written to ") } == 600)
            for number in 0..<600 {
                #expect(
                    try FileSystem.readAll("\(folder)/d\(number % 7)/\(number)", limit: 10) == Array("\(number)".utf8))
            }
        }
    }

    @Test("a refusal in the middle leaves nothing under the file's name")
    func refusal() async throws {
        try await withTemporaryFolder { folder in
            let subscriber = try subscriber()
            subscriber.state.withLock { $0.faults = [.cut(1_000_000), .refusal(503, "not now")] }
            let error = await #expect(throws: ClientError.self) {
                try await subscriber.run("download", "foo/big.bin", "-o", folder)
            }
            #expect(error?.message == "foo/big.bin: not now")
            #expect(!FileSystem.exists("\(folder)/big.bin"))
        }
    }

    @Test("a folder that cannot be is said at once")
    func badFolder() async throws {
        try await withTemporaryFolder { folder in
            try FileSystem.writeAtomically("\(folder)/file", [])
            let subscriber = try subscriber()
            let error = await #expect(throws: SystemError.self) {
                try await subscriber.run("download", "foo", "-o", "\(folder)/file")
            }
            #expect(error?.code == SystemError.notADirectory)
            #expect(subscriber.state.withLock { $0.requests } == [])
        }
    }
}
