import Catalogue
import Glibc
import HTTP
import Platform
import TestSupport
import Testing

/// Programs that are started in ways that nobody thinks of.
@Suite(.patient, .serialized) struct SurroundingsTests {
    /// A program behind a line of a shell, in which `"$@"` stands for it and its arguments.
    private static func with(
        _ line: String, _ program: String, _ arguments: [String], environment: [String: String] = [:],
        _ body: (ChildProcess) async throws -> Void
    ) async throws {
        let all = ["-c", line, "sh", try BuiltPrograms.path(of: program)] + arguments
        try await ChildProcess.with("/bin/sh", all, environment: environment, body: body)
    }

    private static func isServing(_ url: String) async throws -> Bool {
        try await HTTPClient(.init(idleTimeout: Patience.limit)).send(.init(url: url + "/health")).status == 200
    }

    /// What a descriptor of a process is: a path, or `socket:[1234]`.
    private static func place(of descriptor: Int, of process: Int32) -> String? {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBufferPointer { bytes in
            // Not empty, so it is somewhere.
            readlink("/proc/\(process)/fd/\(descriptor)", bytes.baseAddress!, bytes.count)
        }
        return count < 0 ? nil : String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test(arguments: [">&-", "<&-", "2>&-"], ["broker", "publisher", "subscriber"])
    func aDescriptorThatIsClosedIsNobodyElses(closing: String, role: String) async throws {
        try await World.with { world in
            try await world.startBroker()
            var arguments = ["--listen", "127.0.0.1:0", "--state", world.folder + "/state"]
            if role != "broker" { arguments += ["--broker", world.brokerURL()] }
            if role == "publisher" { arguments += ["foo", world.folder + "/data"] }
            try await Self.with("exec \"$@\" \(closing)", "bpubsub-" + role, arguments) { process in
                // Without standard output the log says where.
                #expect(try await Self.isServing(try await process.url()))
                for number in 0..<3 {
                    let place = try #require(Self.place(of: number, of: process.processIdentifier))
                    let isTaken = ["sqlite", "log.db", "socket", "anon"].contains { place.contains($0) }
                    #expect(!isTaken, "\(place)")
                }
                process.terminate()
                #expect(try await process.exit() == .exited(0))
            }
        }
    }

    @Test func allMayBeClosed() async throws {
        try await World.with { world in
            try await world.startBroker()
            try world.write("a", [1])
            let arguments = [
                "foo", world.folder + "/data", "--broker", world.brokerURL(), "--listen", "127.0.0.1:0", "--state",
                world.folder + "/state",
            ]
            try await Self.with("exec \"$@\" <&- >&- 2>&-", "bpubsub-publisher", arguments) { _ in
                try await world.startSubscriber()
                try await world.waitForList(["foo/a"])
                try await world.waitForBytes("foo/a", [1])
            }
        }
    }

    @Test func aResultThatCannotBeWrittenIsAFailure() async throws {
        try await World.complete { world in
            try world.write("a", [1])
            try await world.waitForList(["foo/a"])
            for (line, status) in [
                ("exec \"$@\" >&-", Int32(1)), ("exec \"$@\" >/dev/full", 1), ("exec \"$@\" <&-", 0),
                ("exec \"$@\" 2>&-", 0),
            ] {
                try await Self.with(line, "bpubsub", ["list", "--subscriber", world.url()]) { process in
                    let exit = try await process.exit()
                    #expect(exit == .exited(status), "\(line)")
                    if status == 0 { #expect(process.lines(.output).contains { $0.contains("foo/a") }, "\(line)") }
                }
            }
        }
    }

    /// As agents, allocators and other libraries do that are loaded before the program.
    @Test func theCommandLineIsSeenThoughALibraryHasSetVariables() async throws {
        try await withTemporaryFolder { folder in
            try FileSystem.writeAtomically(
                folder + "/a.c",
                Array(
                    """
                    #include <stdlib.h>
                    __attribute__((constructor)) static void f(void) { setenv("SOME_AGENT", "1", 1); putenv("OTHER=2"); }
                    """.utf8))
            try await ChildProcess.with("/bin/sh", ["-c", "clang -shared -fPIC -o a.so a.c"], folder: folder) {
                compiler in
                let exit = try await compiler.exit()
                #expect(exit == .exited(0), "\(compiler.transcript)")
            }
            for program in ["bpubsub", "bpubsub-broker", "bpubsub-publisher", "bpubsub-subscriber"] {
                let output = try await World.run(
                    program, ["--version"], environment: ["LD_PRELOAD": folder + "/a.so"])
                #expect(output.isDone && output.text.hasPrefix(program + " "), "\(output.text) \(output.error)")
            }
        }
    }

    @Test func aTerminalThatClosesEndsNoService() async throws {
        try await World.complete { world in
            try world.write("a", [1])
            try await world.waitForList(["foo/a"])
            for name in ["broker", "publisher", "subscriber"] {
                for signal in [SIGHUP, SIGTTOU] { try world.process(name).send(signal: signal) }
                #expect(try await Self.isServing(world.url(name)), "\(name)")
                #expect(try !world.process(name).hasExited)
            }
            try world.write("b", [2])
            try await world.waitForList(["foo/a", "foo/b"])
        }
    }

    /// A publisher tells of each file.
    @Test func aLogThatNobodyReadsHoldsUpNoService() async throws {
        try await World.with { world in
            try await world.startBroker()
            let path = world.folder + "/log"
            #expect(mkfifo(path, 0o600) == 0)
            let reader = open(path, O_RDWR)
            defer { close(reader) }
            // More lines than a pipe has room for.
            let names = (0..<1500).map { "file-with-a-name-that-makes-its-line-long-\($0)" }
            for name in names { try world.write(name, [1]) }
            let arguments = [
                "foo", world.folder + "/data", "--broker", world.brokerURL(), "--listen", "127.0.0.1:0", "--state",
                world.folder + "/state", "--log-level", "debug",
            ]
            try await Self.with("exec \"$@\" 2>\(path)", "bpubsub-publisher", arguments) { publisher in
                let url = try await publisher.url()
                try await world.startSubscriber()
                try await world.waitForList(names.map { "foo/" + $0 })
                #expect(try await Self.isServing(url))
                publisher.terminate()
                #expect(try await publisher.exit() == .exited(0))
            }
        }
    }

    @Test func aFolderThatCannotBeUsedIsSaidWithTheOptionThatNamesAnother() async throws {
        try await withTemporaryFolder { folder in
            // The file is where a folder would have to be, whoever asks.
            try FileSystem.writeAtomically(folder + "/file", [1])
            for program in ["bpubsub-broker", "bpubsub-subscriber"] {
                for name in ["HOME", "XDG_STATE_HOME", "STATE_DIRECTORY"] {
                    var environment = ["HOME": folder, "XDG_STATE_HOME": "", "STATE_DIRECTORY": ""]
                    environment[name] = folder + "/file/below"
                    let output = try await World.run(program, ["--listen", "127.0.0.1:0"], environment: environment)
                    #expect(output.status == .exited(1) && output.error.contains("--state"), "\(name): \(output.error)")
                    #expect(!output.error.contains("\n") && output.error.contains(folder + "/file"), "\(output.error)")
                }
            }
        }
    }

    @Test func theFolderThatSystemdGivesIsUsed() async throws {
        try await withTemporaryFolder { folder in
            let broker = try ChildProcess(
                "bpubsub-broker", ["--listen", "127.0.0.1:0"],
                environment: ["STATE_DIRECTORY": folder, "HOME": "/nonexistent"])
            defer { broker.kill() }
            #expect(try await Self.isServing(try await broker.url()))
            #expect(FileSystem.exists(folder + "/broker/log.db"))
        }
    }

    /// Files of any date are published with it. The folder is in memory where there is one: other file systems have fewer years.
    @Test func aFileKeepsItsDateWhateverItIs() async throws {
        try await World.with { world in
            let base = FileSystem.exists("/dev/shm") ? "/dev/shm" : world.folder
            let data = "\(base)/bpubsub-\(UInt64.random(in: 0 ... .max))"
            try FileSystem.createDirectories(data)
            defer { try? FileSystem.removeTree(data) }
            let dates: [(name: String, second: Int)] = [
                ("old", -2_177_452_800), ("before", -1), ("later", 2_147_558_400), ("far", 16_725_225_600),
            ]
            for (name, second) in dates {
                try FileSystem.writeAtomically("\(data)/\(name)", [1])
                let time = timespec(tv_sec: second, tv_nsec: 0)
                try #require(utimensat(AT_FDCWD, "\(data)/\(name)", [time, time], 0) == 0)
            }
            try await world.startBroker()
            try await world.start(
                "publisher", "bpubsub-publisher", ["foo", data, "--broker", world.brokerURL()])
            try await world.startSubscriber()
            try await world.waitForList(dates.map { "foo/" + $0.name })
            for (name, _) in dates {
                let identity = try FileIdentity(path: "\(data)/\(name)")
                let dataset = try WireJSON.decode(
                    Dataset.self, from: try await world.get("/api/datasets/foo/" + name).body)
                #expect(dataset.modified == identity.modifiedSeconds, "\(name)")
                let head = try await world.get("/api/download/foo/" + name).headers["Last-Modified"]
                let year = Timestamp(seconds: identity.modifiedSeconds).description.prefix(4)
                #expect(head?.contains(" \(year) ") == true, "\(name): \(head ?? "")")
            }
        }
    }
}
