import HTTP
import Platform
import TestSupport
import Testing

/// Where the ancestor showed old data, or none: section A of docs/faults.md.
@Suite(.patient, .serialized) struct FreshnessFaultTests {
    @Test func addedModifiedAndDeletedFilesAreSeen() async throws {
        try await World.complete { world in
            try world.write("a", [1])
            try await world.waitForList(["foo/a"])
            try await world.waitForBytes("foo/a", [1])
            try world.write("a", [2, 2])
            try await world.waitForBytes("foo/a", [2, 2])
            try FileSystem.unlink(world.folder + "/data/a")
            try await world.waitForList([])
        }
    }

    @Test func everyAnswerIsOfOneGeneration() async throws {
        try await World.complete { world in
            // Each generation is one byte's value throughout, so that a mixture shows.
            let generations = (1...40).map { [UInt8](repeating: UInt8($0), count: 3_000_000) }
            try world.write("a", generations[0])
            try await world.waitForList(["foo/a"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for generation in generations { try world.write("a", generation) }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<40 {
                            guard let answer = try? await world.get("/api/download/foo/a"), answer.status == 200 else {
                                continue
                            }
                            #expect(answer.body.count == 3_000_000 && Set(answer.body).count == 1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await world.waitForBytes("foo/a", generations[39])
        }
    }

    @Test func foldersThatAreMovedInOrRenamedAreSeen() async throws {
        try await World.complete { world in
            for name in ["x/1", "x/y/2"] {
                try FileSystem.createDirectories(FileSystem.folder(of: "\(world.folder)/aside/\(name)"))
                try FileSystem.writeAtomically("\(world.folder)/aside/\(name)", [1])
            }
            try FileSystem.rename(world.folder + "/aside/x", to: world.folder + "/data/x")
            try await world.waitForList(["foo/x/1", "foo/x/y/2"])
            try FileSystem.rename(world.folder + "/data/x", to: world.folder + "/data/z")
            try await world.waitForList(["foo/z/1", "foo/z/y/2"])
            try FileSystem.rename(world.folder + "/data/z", to: world.folder + "/gone")
            try await world.waitForList([])
        }
    }

    @Test func aSubscriberStartsAtOnceAndCatchesUpWhateverHappenedMeanwhile() async throws {
        try await World.complete { world in
            for name in ["changed", "deleted", "kept"] { try world.write(name, [1]) }
            try await world.waitForList(["foo/changed", "foo/deleted", "foo/kept"])
            _ = try await world.bpubsub("follow", "foo")
            _ = try await world.bpubsub("download", "foo")
            // Added while it ran: that alone kept the ancestor from starting again.
            try world.write("live", [3])
            try await world.waitForList(["foo/changed", "foo/deleted", "foo/kept", "foo/live"])
            try await world.stop("subscriber")
            try world.write("changed", [9])
            try world.write("added", [4])
            try FileSystem.unlink(world.folder + "/data/deleted")
            try await world.startSubscriber()
            try await world.waitForList(["foo/added", "foo/changed", "foo/kept", "foo/live"])
            try await world.waitForCopy("foo/changed", [9])
        }
    }

    @Test(arguments: [false, true])
    func nothingIsLostOverARestartOfTheBroker(forgetting: Bool) async throws {
        try await World.complete { world in
            try world.write("before", [1])
            try await world.waitForList(["foo/before"])
            try await world.stop("broker", killing: true)
            if forgetting { try world.eraseState("broker") }
            try world.write("meanwhile", [2])
            try FileSystem.unlink(world.folder + "/data/before")
            try await world.startBroker()
            try await world.waitForList(["foo/meanwhile"])
            // A subscriber that is new sees it as well.
            try await world.startSubscriber("new")
            try await world.waitForList(["foo/meanwhile"], at: "new")
            try world.write("after", [3])
            try await world.waitForList(["foo/after", "foo/meanwhile"])
        }
    }

    @Test(arguments: [false, true])
    func aChainOfThreeForgetsNothingThatIsTrue(olderCopy: Bool) async throws {
        try await World.complete { world in
            try await world.startSubscriber("middle", broker: world.url())
            try await world.startSubscriber("far", broker: world.url("middle"))
            let chain = ["subscriber", "middle", "far"], state = world.folder + "/state-broker"
            try world.write("early", [1])
            try await world.waitForList(["foo/early"], at: "far")
            if olderCopy {
                try await world.stop("broker")
                #expect(try await World.run("/bin/cp", ["-r", state, state + "-copy"]).isDone)
                try await world.startBroker()
            }
            let held = noise(300_000, seed: 5)
            try world.write("gone", [2])
            try world.write("held", held)
            for name in chain {
                try await world.waitForList(["foo/early", "foo/gone", "foo/held"], at: name)
                try await world.waitForBytes("foo/held", held, at: name)
                _ = try await world.bpubsub("follow", "foo/held", at: name)
                try await world.waitForCopy("foo/held", held, at: name)
            }
            try await world.stop("broker", killing: true)
            try FileSystem.unlink(world.folder + "/data/gone")
            for name in chain {
                try await Eventually.holds("\(name) says that it may be old") {
                    (try? await world.get("/api/download/foo/held", from: name))?.headers["Age"] != nil
                }
            }
            try world.eraseState("broker")
            if olderCopy { try FileSystem.rename(state + "-copy", to: state) }
            try await world.startBroker()
            for name in chain {
                try await Eventually.holds("\(name) has heard that all is announced") {
                    let answer = try await world.get("/api/download/foo/held", from: name)
                    #expect(answer.status == 200 && answer.body == held, "it was there all the time")
                    #expect((try? world.copy("foo/held", at: name)) == held)
                    let isCurrent = answer.headers["Age"] == nil
                    return try await world.list(name) == ["foo/early", "foo/held"] && isCurrent
                }
            }
        }
    }

    @Test func anyOrderOfStartingWorks() async throws {
        try await World.with { world in
            // The broker's port must be known before it is there.
            try await world.startBroker()
            try await world.stop("broker")
            try world.write("a", [7])
            try await world.startSubscriber()
            try await world.startPublisher()
            try await Eventually.holds("the publisher serves without a broker") {
                (try? await world.get("/api/list", from: "publisher"))?.text == #"["foo/a"]"#
            }
            #expect(try await world.list() == [])
            try await world.startBroker()
            try await world.waitForBytes("foo/a", [7])
        }
    }

    @Test func aPublisherThatWasAwayAnnouncesAllThatHappened() async throws {
        try await World.complete { world in
            for name in ["changed", "deleted"] { try world.write(name, [1]) }
            try await world.waitForList(["foo/changed", "foo/deleted"])
            try await world.stop("publisher", killing: true)
            try world.write("changed", [2])
            try world.write("added", [3])
            try FileSystem.unlink(world.folder + "/data/deleted")
            try await world.startPublisher()
            try await world.waitForList(["foo/added", "foo/changed"])
            try await world.waitForBytes("foo/changed", [2])
        }
    }

    @Test func aFrozenSubscriberHoldsUpNobody() async throws {
        try await World.complete { world in
            try await world.startSubscriber("frozen")
            try await Eventually.holds("both are connected") {
                let a = try? await world.get("/ready"), b = try? await world.get("/ready", from: "frozen")
                return a?.status == 200 && b?.status == 200
            }
            try world.process("frozen").freeze()
            for number in 0..<20 {
                try world.write("a\(number)", noise(200_000, seed: UInt64(number)))
                try await Eventually.holds("the other sees it") {
                    (try? await world.list())?.count == number + 1
                }
            }
            try world.process("frozen").thaw()
            try await world.waitForList((0..<20).map { "foo/a\($0)" }, at: "frozen")
        }
    }
}
