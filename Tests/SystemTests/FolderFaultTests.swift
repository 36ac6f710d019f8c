import HTTP
import Platform
import TestSupport
import Testing

/// Where one odd file spoiled everything, and where names and identities were not checked: sections C and D.
@Suite(.patient, .serialized) struct FolderFaultTests {
    @Test func anyLegalNameWorks() async throws {
        try await World.complete { world in
            let names = [
                "with space", "hash#mark", "question?mark", "percent%41", "new\nline", "é", "e\u{301}", "🌧/⛅️.b2nd",
                "plus+amp&semi;quote'\"", "back\\slash", "[1]*", "-rf",
            ]
            for (number, name) in names.enumerated() { try world.write(name, [UInt8(number)]) }
            try await world.waitForList(names.map { "foo/" + $0 })
            for (number, name) in names.enumerated() {
                let answer = try await world.get("/api/download/foo/" + name)
                #expect(answer.status == 200 && answer.body == [UInt8(number)], "\(name)")
            }
            #expect(try await world.bpubsub("download", "foo").isDone)
            for (number, name) in names.enumerated() { #expect(try world.copy("foo/" + name) == [UInt8(number)]) }
        }
    }

    @Test func namesAreBytesAndNotWhatTheyLookLike() async throws {
        try await World.complete { world in
            let names = [
                "\u{e9}.txt", "e\u{301}.txt", "d\u{e9}/x", "de\u{301}/y", "\u{301}first", "d\u{e9}/\u{327}mark",
                "\u{212b}", "\u{c5}", "A\u{30a}",
            ]
            for (number, name) in names.enumerated() { try world.write(name, [UInt8(number)]) }
            try await world.waitForList(names.map { "foo/" + $0 })
            // Each is read twice: the second answer may be one that was kept.
            for _ in 0..<2 {
                for (number, name) in names.enumerated() {
                    #expect(try await world.get("/api/download/foo/" + name).body == [UInt8(number)], "\(name)")
                    let info = try await world.get("/api/info/foo/" + name)
                    #expect(info.headers["ETag"] == "\"\(try await world.version(of: "foo/" + name))\"", "\(name)")
                }
            }
            let target = world.folder + "/out"
            #expect(try await world.bpubsub("follow", "foo").isDone)
            #expect(try await world.bpubsub("download", "foo", "-o", target).isDone)
            for (number, name) in names.enumerated() {
                #expect(try world.copy("foo/" + name) == [UInt8(number)])
                #expect(try FileSystem.readAll("\(target)/\(name)", limit: 10) == [UInt8(number)])
            }
            #expect(try await world.bpubsub("info").out.count == names.count)
            #expect(try await world.bpubsub("unfollow", "foo").isDone)
            #expect(try await world.bpubsub("follow", "foo/\u{e9}.txt", "foo/e\u{301}.txt").isDone)
            #expect(try await world.bpubsub("unfollow", "foo/e\u{301}.txt").isDone)
            let followed = try await world.get("/api/followed").body
            #expect(followed == Array("[\"foo/\u{e9}.txt\"]".utf8))
        }
    }

    @Test func damagedFramesLinksAndOddFilesSpoilNothing() async throws {
        try await World.complete { world in
            let precip = try FileSystem.readAll(BuiltPrograms.packageFolder + "/samples/precip.b2nd", limit: 1 << 20)
            try world.write("whole.b2nd", precip)
            try world.write("cut.b2nd", Array(precip.prefix(3000)))
            try world.write("x.md", [1])
            try world.write("x.md.b2", [2])
            try world.write(".hidden", [3])
            try world.write("edited~", [4])
            let data = world.folder + "/data"
            _ = try await World.run("/bin/ln", ["-s", "nowhere", data + "/dangling"])
            _ = try await World.run("/bin/ln", ["-s", "/etc/hostname", data + "/outside"])
            _ = try await World.run("/bin/ln", ["-s", "x.md", data + "/inside"])
            _ = try await World.run("/usr/bin/mkfifo", [data + "/fifo"])
            try await world.waitForList(["foo/cut.b2nd", "foo/inside", "foo/whole.b2nd", "foo/x.md", "foo/x.md.b2"])
            #expect(try await world.get("/api/download/foo/cut.b2nd").body == Array(precip.prefix(3000)))
            #expect(try await world.get("/api/download/foo/x.md.b2").body == [2])
            #expect(try await world.bpubsub("info", "foo/cut.b2nd").text.contains("file"))
            // And what comes later is seen.
            try world.write("later", [5])
            try await world.waitForBytes("foo/later", [5])
        }
    }

    @Test func aSparseFrameIsPublishedAsItsFiles() async throws {
        try await World.complete { world in
            let python = BuiltPrograms.packageFolder + "/.deps/python/bin/python"
            let script = """
                import sys, blosc2, numpy as np
                blosc2.asarray(np.arange(1000), urlpath=sys.argv[1] + "/sparse.b2nd", mode="w", contiguous=False, chunks=(100,))
                """
            let made = try await World.run(python, ["-c", script, world.folder + "/data"])
            #expect(made.isDone, "\(made.error)")
            try await Eventually.holds("its files are listed") {
                ((try? await world.list()) ?? []).contains("foo/sparse.b2nd/chunks.b2frame")
            }
            try world.write("later", [5])
            try await world.waitForBytes("foo/later", [5])
            _ = try await world.bpubsub("download", "foo")
            try await world.waitForCopy("foo/later", [5])
        }
    }

    @Test func aLargePlainFileIsStreamed() async throws {
        try await World.complete { world in
            let content = noise(100_000_000, seed: 3)
            try world.write("large", content)
            try await world.waitForList(["foo/large"])
            let answer = try await world.get("/api/download/foo/large")
            #expect(answer.body == content)
        }
    }

    @Test func nobodyGetsOutOfTheFolder() async throws {
        try await World.complete { world in
            try world.write("a", [1])
            try await world.waitForList(["foo/a"])
            for name in ["publisher", "subscriber"] {
                for path in [
                    "foo/../../../etc/passwd", "foo/%2e%2e/%2e%2e/etc/passwd", "foo//etc/passwd", "/etc/passwd",
                ] {
                    let answer = try await world.client.send(.init(url: world.url(name) + "/api/download/" + path))
                    #expect((400...499).contains(answer.status), "\(name) \(path): \(answer.status)")
                }
            }
        }
    }

    @Test func aGroupBelongsToWhoClaimedIt() async throws {
        try await World.complete { world in
            try world.write("a", [1])
            try await world.waitForList(["foo/a"])
            try FileSystem.createDirectories(world.folder + "/other")
            try FileSystem.writeAtomically(world.folder + "/other/b", [2])
            try await world.startPublisher("second", data: "other")
            try await Eventually.holds("it says who has the group") {
                try world.process("second").lines(.error).contains {
                    $0.contains("foo") && $0.contains("held") || $0.contains("409") || $0.contains("another")
                }
            }
            #expect(try await world.list() == ["foo/a"])
            for name in ["..%2Fx", ".hidden", "a%2Fb", "a%0Ab"] {
                let answer = try await world.client.send(
                    .init(method: "PUT", url: world.url("broker") + "/api/publishers/" + name, body: SharedBytes("{}")))
                #expect((400...499).contains(answer.status), "\(name)")
            }
        }
    }

    @Test func unknownNamesAreNotFoundEverywhere() async throws {
        try await World.complete { world in
            try await world.startSubscriber("second")
            for (name, path) in [
                ("subscriber", "/api/download/foo/x"), ("subscriber", "/api/datasets/foo/x"), ("subscriber", "/x"),
                ("broker", "/api/publishers/x"), ("broker", "/api/datasets/foo/x"),
                ("publisher", "/api/download/foo/x"),
            ] {
                let answer = try await world.get(path, from: name)
                #expect(answer.status == 404 && answer.text.contains("detail"), "\(name) \(path)")
            }
        }
    }

    @Test func oneDownloadKeepsNobodyWaiting() async throws {
        try await World.complete { world in
            try world.write("large", noise(150_000_000, seed: 3))
            try await world.waitForList(["foo/large"])
            let download = try ChildProcess("bpubsub", ["--subscriber", world.url(), "download", "foo/large"])
            defer { download.kill() }
            var answers = 0
            while !download.hasExited {
                #expect(try await world.list() == ["foo/large"])
                answers += 1
            }
            #expect(answers > 10)
            #expect(try await download.exit() == .exited(0))
        }
    }
}
