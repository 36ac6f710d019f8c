import HTTP
import Platform
import TestSupport
import Testing

/// How the programs start, stop and refuse.
@Suite(.patient, .serialized) struct ProgramTests {
    static let services = ["bpubsub-broker", "bpubsub-publisher", "bpubsub-subscriber"]

    @Test(arguments: services + ["bpubsub"])
    func helpAndVersionAreThere(program: String) async throws {
        let help = try await World.run(program, ["--help"])
        #expect(help.isDone && help.text.hasPrefix("Usage: \(program)"))
        let version = try await World.run(program, ["--version"])
        #expect(version.isDone && version.text == "\(program) \(ProgramVersion.current)")
    }

    @Test(arguments: services)
    func wrongUseIsOneLineAndStatusTwo(program: String) async throws {
        for arguments in [["--nonsense"], ["--listen", "nowhere"], ["--log-level", "loud"]] {
            let wrong = try await World.run(program, arguments)
            #expect(wrong.status == .exited(2) && !wrong.error.contains("\n"), "\(arguments): \(wrong.error)")
        }
    }

    @Test func aPortInUseAndAFolderThatCannotBeUsedAreOneLineAndStatusOne() async throws {
        try await World.with { world in
            try await world.startBroker()
            let address = String(world.url("broker").dropFirst("http://".count))
            let second = try await World.run(
                "bpubsub-broker", ["--listen", address, "--state", world.folder + "/other"])
            #expect(
                second.status == .exited(1) && second.error.contains("address already in use".prefix(7)),
                "\(second.error)")
            #expect(!second.error.contains("\n"))
            try world.write("file", [1])
            let folder = try await World.run("bpubsub-subscriber", ["--state", world.folder + "/data/file/state"])
            #expect(folder.status == .exited(1) && !folder.error.contains("\n"), "\(folder.error)")
            let taken = try await World.run(
                "bpubsub-broker", ["--listen", "127.0.0.1:0", "--state", world.folder + "/state-broker"])
            #expect(taken.status == .exited(1) && !taken.error.contains("\n"), "\(taken.error)")
        }
    }

    @Test func optionsComeFromTheEnvironmentAsWell() async throws {
        try await withTemporaryFolder { folder in
            let broker = try ChildProcess(
                "bpubsub-broker",
                environment: [
                    "BPUBSUB_LISTEN": "[::1]:0", "BPUBSUB_STATE": folder + "/b", "BPUBSUB_LOG_FORMAT": "json",
                ])
            defer { broker.kill() }
            let url = try await broker.url()
            #expect(url.hasPrefix("http://[::1]:"))
            let answer = try await HTTPClient(.init(idleTimeout: Patience.limit)).send(.init(url: url + "/health"))
            #expect(answer.status == 200)
            broker.terminate()
            try await broker.exit()
            #expect(broker.lines(.error).allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix("}") })
        }
    }

    @Test func allStopWithinSecondsWhateverTheyAreDoing() async throws {
        try await World.complete { world in
            try world.write("a", noise(20_000_000, seed: 1))
            try await world.waitForList(["foo/a"])
            // Streams are open, and the broker is gone: the ancestor ignored Ctrl-C then.
            let events = try ChildProcess("bpubsub", ["--subscriber", world.url(), "watch"])
            defer { events.kill() }
            try await world.stop("broker", killing: true)
            for name in ["publisher", "subscriber"] {
                let process = try world.process(name)
                process.interrupt()
                #expect(try await process.exit() == .exited(0), "\(name)")
            }
        }
    }

    @Test func theClientSaysWhatToDo() async throws {
        let nobody = try await World.run("bpubsub", ["--subscriber", "http://127.0.0.1:9", "list"])
        #expect(
            nobody.status == .exited(1) && nobody.error.contains("is bpubsub-subscriber running"), "\(nobody.error)")
        #expect(try await World.run("bpubsub", ["download"]).status == .exited(2))
        try await World.complete { world in
            try world.write("precip.b2nd", [1])
            try await world.waitForList(["foo/precip.b2nd"])
            let unknown = try await world.bpubsub("follow", "foo/precipt.b2nd")
            #expect(unknown.status == .exited(1) && unknown.error.contains("foo/precip.b2nd"))
        }
    }
}
