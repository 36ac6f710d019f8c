import HTTP
import Platform
import TestSupport
import Testing

/// Where the ancestor had wrong or lost bytes: section B of docs/faults.md.
@Suite(.patient, .serialized) struct BytesFaultTests {
    @Test func aCopyIsExactHoweverOftenItIsDownloaded() async throws {
        try await World.complete { world in
            // Chunks and blocks of odd shapes: the ancestor's heap did not survive them.
            let path = world.folder + "/data/odd.b2nd"
            let made = try await World.run(
                "bpubsub-sample", ["create", path, "--shape", "101,37", "--chunks", "17,13", "--dtype", "f4"])
            #expect(made.isDone, "\(made.error)")
            let content = try FileSystem.readAll(path, limit: 1 << 24)
            try await world.waitForList(["foo/odd.b2nd"])
            for _ in 0..<3 {
                #expect(try await world.bpubsub("download", "foo/odd.b2nd").isDone)
                #expect(try world.copy("foo/odd.b2nd") == content)
            }
            let info = try await world.bpubsub("info", "foo/odd.b2nd").text
            #expect(info.contains("(101, 37)") && info.contains("(17, 13)"), "\(info)")
        }
    }

    @Test func aDownloadGoesOnWhenItsPublisherComesBack() async throws {
        try await World.complete { world in
            let content = noise(60_000_000, seed: 5)
            try world.write("a", content)
            try await world.waitForList(["foo/a"])
            let download = try ChildProcess("bpubsub", ["--subscriber", world.url(), "download", "foo/a"])
            defer { download.kill() }
            try await Eventually.holds("a part is held") {
                ((try? await world.get("/api/info"))?.text).map { !$0.contains("\"held\":0") && $0.contains("foo/a") }
                    ?? false
            }
            try await world.stop("publisher", killing: true)
            try await world.startPublisher()
            #expect(try await download.exit() == .exited(0))
            #expect(try world.copy("foo/a") == content)
        }
    }

    @Test func aFrozenPublisherIsATimeoutAndHeldDataIsServed() async throws {
        try await World.with { world in
            try await world.startBroker(["--lease", "600"])
            try await world.startPublisher()
            try await world.startSubscriber("subscriber", broker: nil, ["--fetch-timeout", "0.5"])
            try world.write("held", [1])
            try world.write("other", noise(1_000_000, seed: 2))
            try await world.waitForList(["foo/held", "foo/other"])
            _ = try await world.bpubsub("download", "foo/held")
            try world.process("publisher").freeze()
            let answer = try await world.get("/api/download/foo/other")
            #expect(answer.status == 504 && answer.text.contains("detail"), "\(answer.text)")
            #expect(try await world.get("/api/download/foo/held").body == [1])
            try world.process("publisher").thaw()
            try await world.waitForBytes("foo/other", noise(1_000_000, seed: 2))
        }
    }

    @Test func withoutPublisherAndBrokerHeldDataIsServedWithItsAge() async throws {
        try await World.complete { world in
            try world.write("held", [1])
            try world.write("other", [2])
            try await world.waitForList(["foo/held", "foo/other"])
            _ = try await world.bpubsub("download", "foo/held")
            try await world.stop("publisher", killing: true)
            try await world.stop("broker", killing: true)
            try await Eventually.holds("the broker is missed") {
                (try? await world.get("/api/download/foo/held"))?.headers["Age"] != nil
            }
            #expect(try await world.get("/api/download/foo/held").body == [1])
            #expect(try await world.get("/api/download/foo/other").status == 503)
        }
    }

    @Test func constantChunksAreFetchedOnce() async throws {
        try await World.complete { world in
            let python = BuiltPrograms.packageFolder + "/.deps/python/bin/python"
            let made = try await World.run(
                python,
                [
                    "-c", "import sys,blosc2; blosc2.zeros((4000,1000), urlpath=sys.argv[1], mode='w')",
                    world.folder + "/data/z.b2nd",
                ])
            #expect(made.isDone, "\(made.error)")
            try await world.waitForList(["foo/z.b2nd"])
            _ = try await world.bpubsub("download", "foo/z.b2nd")
            let before = try await world.get("/api/status").text
            for _ in 0..<3 { _ = try await world.get("/api/download/foo/z.b2nd") }
            func fetched(_ text: String) -> Substring? {
                text.split(separator: "\"fetchedBytes\":").last?.prefix { $0.isNumber }
            }
            #expect(fetched(try await world.get("/api/status").text) == fetched(before))
        }
    }

    @Test func aFileIsAnnouncedWhenItsWriterIsDone() async throws {
        try await World.complete { world in
            let first = noise(1_000_000, seed: 7), second = noise(1_000_000, seed: 8)
            do {
                let file = try FileDescriptor(world.folder + "/data/slow", .creating)
                try file.write(first.span.bytes, at: 0)
                try world.write("marker", [1])
                try await world.waitForList(["foo/marker"])
                try file.write(second.span.bytes, at: 1_000_000)
            }
            try await world.waitForBytes("foo/slow", first + second)
        }
    }
}
