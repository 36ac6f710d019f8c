import Platform
import Synchronization
import TestSupport
import Testing

@testable import Client

@Suite("The program bpubsub", .patient)
struct ProgramTests {
    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> (
        ChildProcess, ChildProcess.Exit
    ) {
        try await ChildProcess.with("bpubsub", arguments, environment: environment) { ($0, try await $0.exit()) }
    }

    @Test("its exit status tells done, failed and wrong usage; errors are one line on standard error")
    func statuses() async throws {
        let (help, helped) = try await run("--help")
        #expect(helped == .exited(0) && help.lines(.output).first == "Usage: bpubsub [OPTION…] COMMAND …")
        let (version, asked) = try await run("list", "--version")
        #expect(asked == .exited(0) && version.lines(.output) == ["bpubsub 0.1.0"])
        for arguments in [["--foo"], ["list", "--foo"], ["follow"], ["nothing"], []] {
            let (child, exit) = try await ChildProcess.with("bpubsub", arguments) { ($0, try await $0.exit()) }
            #expect(exit == .exited(2))
            #expect(child.lines(.error).count == 1 && child.lines(.output).isEmpty, "\(child.transcript)")
        }
        let (unreachable, failed) = try await run("list", environment: ["BPUBSUB_SUBSCRIBER": "127.0.0.1:1"])
        #expect(failed == .exited(1))
        #expect(
            unreachable.lines(.error).first?.hasPrefix("bpubsub: cannot reach the subscriber at http://127.0.0.1:1: ")
                == true)
    }

    @Test("a reader that has had enough ends it without a word, and the status says that not all was read")
    func closedPipe() async throws {
        let datasets = try (0..<20_000).map { try SampleDataset("foo/a long enough name \($0)", []) }
        let program = try BuiltPrograms.path(of: "bpubsub")
        try await FakeSubscriber(datasets).serve { url in
            let script = "'\(program)' list --lines --subscriber \(url) | head -1; echo ${PIPESTATUS[0]}"
            try await ChildProcess.with("/bin/bash", ["-c", script]) { child in
                try await child.exit()
                #expect(child.lines(.output) == ["foo/a long enough name 0", "141"], "\(child.transcript)")
                #expect(child.lines(.error).isEmpty)
            }
        }
    }

    @Test("what a signal ends says by its status that it was not done", arguments: [2, 15] as [Int32])
    func signals(_ signal: Int32) async throws {
        let subscriber = FakeSubscriber([try SampleDataset("foo/a", [1, 2, 3])])
        subscriber.state.withLock { $0.step = 0 }
        try await subscriber.serve { url in
            try await ChildProcess.with("bpubsub", ["watch", "--subscriber", url]) { child in
                try await subscriber.watchers(1)
                child.send(signal: signal)
                let exit = try await child.exit()
                #expect(exit == .exited(128 + signal), "\(child.transcript)")
            }
            try await ChildProcess.with("bpubsub", ["download", "foo/a", "--subscriber", url]) { child in
                try await Eventually.holds("a question about progress") {
                    subscriber.state.withLock { $0.requests.filter { $0 == "POST /api/download" }.count > 1 }
                }
                child.send(signal: signal)
                let exit = try await child.exit()
                #expect(exit == .exited(128 + signal), "\(child.transcript)")
                #expect(child.lines(.error).first?.contains("interrupted") == true)
            }
        }
    }

    @Test("bash completes commands, options and paths")
    func bashCompletion() async throws {
        let folder = try String(BuiltPrograms.path(of: "bpubsub").dropLast("/bpubsub".count))
        let subscriber = FakeSubscriber([try SampleDataset("foo/a b.txt", []), try SampleDataset("foo/c.txt", [])])
        let script = """
            source <(bpubsub completion bash)
            try() { COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _bpubsub; (IFS='|'; echo "${COMPREPLY[*]}"); }
            try bpubsub un
            try bpubsub list --l
            try bpubsub follow foo/
            try bpubsub follow 'foo/a\\ '
            try bpubsub completion z
            """
        try await subscriber.serve { url in
            try await ChildProcess.with(
                "/bin/bash", ["-c", script],
                environment: ["PATH": "\(folder):/usr/bin:/bin", "BPUBSUB_SUBSCRIBER": url]
            ) { child in
                try await child.exit()
                #expect(
                    child.lines(.output) == [
                        "unfollow", "--long|--lines", "foo/a\\ b.txt|foo/c.txt", "foo/a\\ b.txt", "zsh",
                    ],
                    "\(child.transcript)")
            }
        }
    }
}
