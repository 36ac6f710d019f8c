import TestSupport
import Testing

@Suite("Programs beside a test", .patient)
struct ChildProcessTests {
    @Test("lines come as they are written, and the status at the end")
    func linesAndStatus() async throws {
        let script = "echo one; echo '12:00 info x: listening on http://[::1]:80, and more' >&2; printf two; exit 3"
        try await ChildProcess.with("/bin/sh", ["-c", script]) { child in
            let url = try await child.url(), exit = try await child.exit()
            #expect(url == "http://[::1]:80")
            #expect(exit == .exited(3))
            #expect(child.lines(.output) == ["one", "two"])
            #expect(child.hasExited)
        }
    }

    @Test("a line that never comes is told with what came")
    func missingLine() async throws {
        try await ChildProcess.with("/bin/sh", ["-c", "echo only this"]) { child in
            let error = await #expect(throws: TestFailure.self) { try await child.line { $0 == "that" } }
            #expect(error?.description.contains("sh| only this") == true)
        }
    }

    @Test("the end of the scope is the end of the program")
    func killed() async throws {
        let child = try await ChildProcess.with("/bin/sh", ["-c", "echo up; exec sleep 600"]) { child in
            _ = try await child.line { $0 == "up" }
            child.freeze()
            return child
        }
        #expect(try await child.exit() == .killed(signal: 9))
        child.terminate()
    }

    @Test("the environment is the test's without our own variables, plus what is given")
    func environment() async throws {
        try await ChildProcess.with(
            "/bin/sh", ["-c", "pwd; echo $A; env | grep -c BPUBSUB_X"], environment: ["A": "b c", "BPUBSUB_X": "1"],
            folder: "/"
        ) { child in
            try await child.exit()
            #expect(child.lines(.output) == ["/", "b c", "1"])
        }
    }

    @Test("a program that does not exist is an error")
    func missing() {
        #expect(throws: TestFailure.self) { try ChildProcess("no-such-program") }
        #expect(throws: (any Error).self) { try ChildProcess("/no/such/program") }
    }
}
