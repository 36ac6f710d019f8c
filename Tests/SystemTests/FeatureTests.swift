import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

/// What the system is for, with the real programs.
@Suite(.patient, .serialized) struct FeatureTests {
    @Test func listFollowInfoDownloadAndChange() async throws {
        try await World.complete { world in
            let samples = BuiltPrograms.packageFolder + "/samples"
            for name in ["precip.b2nd", "mri.b2nd", "wind-days.b2frame", "README.txt"] {
                try world.write(name, try FileSystem.readAll("\(samples)/\(name)", limit: 1 << 24))
            }
            let all = ["foo/README.txt", "foo/mri.b2nd", "foo/precip.b2nd", "foo/wind-days.b2frame"]
            try await world.waitForList(all)
            let list = try await world.bpubsub("list")
            #expect(list.text == "[" + all.map { "\"\($0)\"" }.joined(separator: ", ") + "]" && list.isDone)
            let table = try await world.bpubsub("list", "-l", "foo/*.b2nd")
            #expect(table.out.count == 3 && table.text.contains("(1461,)") && table.text.contains("int16"))

            #expect(try await world.bpubsub("follow", "foo/precip.b2nd").isDone)
            #expect(try await world.bpubsub("info").text == "foo/precip.b2nd")
            let copy = world.folder + "/copy"
            let download = try await world.bpubsub("download", "foo/precip.b2nd", "-o", copy)
            #expect(download.isDone, "\(download.error)")
            let published = try FileSystem.readAll(world.folder + "/data/precip.b2nd", limit: 1 << 24)
            #expect(try FileSystem.readAll(copy + "/precip.b2nd", limit: 1 << 24) == published)

            let append = try await World.run("bpubsub-sample", ["append", world.folder + "/data/precip.b2nd", "12.5"])
            #expect(append.isDone, "\(append.error)")
            let changed = try FileSystem.readAll(world.folder + "/data/precip.b2nd", limit: 1 << 24)
            #expect(changed != published)
            try await world.waitForCopy("foo/precip.b2nd", changed)
            #expect(try await world.bpubsub("info", "foo/precip.b2nd").text.contains("(1462,)"))

            #expect(try await world.bpubsub("unfollow", "foo/precip.b2nd").isDone)
            #expect(try await world.bpubsub("status").text.contains("4 in 1 group"))
        }
    }

    @Test func followingSurvivesARestartOfTheSubscriber() async throws {
        try await World.complete { world in
            try world.write("a", [1])
            try await world.waitForList(["foo/a"])
            _ = try await world.bpubsub("follow", "foo/a")
            _ = try await world.bpubsub("download", "foo/a")
            try await world.stop("subscriber", killing: true)
            try world.write("a", [2])
            try await world.startSubscriber()
            #expect(try await world.bpubsub("info").text == "foo/a")
            try await world.waitForCopy("foo/a", [2])
        }
    }

    @Test func aSubscribersCompleteFilesCanBePublishedAgain() async throws {
        try await World.complete { world in
            let content = noise(3_000_000, seed: 1)
            try world.write("dir/a.bin", content)
            try world.write("b.bin", content)
            try await world.waitForList(["foo/b.bin", "foo/dir/a.bin"])
            _ = try await world.bpubsub("download", "foo/dir/a.bin")
            // A part of the other is held, and must not appear as if it were the whole.
            _ = try await world.client.send(
                .init(url: world.url() + "/api/download/foo/b.bin", headers: ["Range": "bytes=0-9"]))
            try await world.startPublisher("again", group: "bar", data: "state-subscriber/files/foo")
            try await world.waitForBytes("bar/dir/a.bin", content)
        }
    }

    @Test func watchTellsChangesAsTheyHappen() async throws {
        try await World.complete { world in
            let watch = try ChildProcess("bpubsub", ["--subscriber", world.url(), "watch"])
            defer { watch.kill() }
            try await Eventually.holds("a change is told") {
                try world.write("a", noise(10, seed: UInt64.random(in: 0...1000)))
                return watch.lines(.output).contains { $0.contains("foo/a") }
            }
            watch.interrupt()
            #expect(try await watch.exit() == .exited(130))
        }
    }

    @Test func subscribersChain() async throws {
        try await World.complete { world in
            try await world.startSubscriber("far", broker: world.url())
            let content = noise(2_000_000, seed: 3)
            try world.write("a", content)
            try await world.waitForList(["foo/a"], at: "far")
            try await world.waitForBytes("foo/a", content, at: "far")
            // The publisher may go: the middle has it.
            try await world.stop("publisher", killing: true)
            try await world.startSubscriber("farther", broker: world.url())
            try await world.waitForBytes("foo/a", content, at: "farther")
        }
    }

    @Test func arraysThatPythonWroteAreDescribedAndComeBackEqual() async throws {
        try await World.complete { world in
            let python = BuiltPrograms.packageFolder + "/.deps/python/bin/python"
            let script = """
                import sys, blosc2, numpy as np
                folder = sys.argv[1]
                a = np.arange(24, dtype=">f8").reshape(2, 3, 4)
                blosc2.asarray(a, urlpath=folder + "/big.b2nd", mode="w", chunks=(1, 3, 4), blocks=(1, 2, 2))
                s = np.zeros(5, dtype=[("a", "<i4"), ("b", "S4")]); s["a"] = range(5)
                x = blosc2.asarray(s, urlpath=folder + "/struct.b2nd", mode="w")
                x.schunk.vlmeta["unit"] = "mm"
                blosc2.zeros((1000, 1000), dtype=np.float32, urlpath=folder + "/zeros.b2nd", mode="w")
                blosc2.asarray(np.array([True, False]), urlpath=folder + "/bool.b2nd", mode="w")
                """
            let written = try await World.run(python, ["-c", script, world.folder + "/data"])
            #expect(written.isDone, "\(written.error)")
            try await world.waitForList(["foo/big.b2nd", "foo/bool.b2nd", "foo/struct.b2nd", "foo/zeros.b2nd"])
            let info = try await world.bpubsub("info", "foo/struct.b2nd", "--json").text
            #expect(info.contains("[('a', '<i4'), ('b', 'S4')]") && info.contains("mm"), "\(info)")
            _ = try await world.bpubsub("download", "foo")
            let check = """
                import sys, blosc2, numpy as np
                for n in ("big", "struct", "zeros", "bool"):
                    a = blosc2.open(sys.argv[1] + f"/data/{n}.b2nd", mode="r"); b = blosc2.open(sys.argv[2] + f"/{n}.b2nd", mode="r")
                    assert a.dtype == b.dtype and np.array_equal(a[:], b[:]), n
                    assert dict(a.schunk.vlmeta) == dict(b.schunk.vlmeta), n
                """
            let compared = try await World.run(
                python, ["-c", check, world.folder, world.folder + "/state-subscriber/files/foo"])
            #expect(compared.isDone, "\(compared.error)")
        }
    }
}
