import Platform
import TestSupport
import Testing

/// The program itself.
@Suite(.patient) struct PublisherProgramTests {
    @Test func itServesWithoutABrokerAndStopsWhenItIsAsked() async throws {
        try await withTemporaryFolder("program") { base in
            let folder = try DataFolder(base + "/data")
            try folder.write("a.txt", [65])
            let arguments = [
                "foo", folder.path, "--listen", "127.0.0.1:0", "--state", base + "/state", "--broker", "127.0.0.1:9",
            ]
            try await ChildProcess.with("bpubsub-publisher", arguments) { publisher in
                let url = try await publisher.url()
                #expect(url.hasPrefix("http://127.0.0.1:"))
                publisher.terminate()
                #expect(try await publisher.exit() == .exited(0))
            }
        }
    }

    @Test(arguments: [
        (["foo"], 2, "FOLDER"), (["foo", "/nowhere/at/all"], 1, "/nowhere/at/all"), (["a/b", "/tmp"], 1, "slashes"),
        (["foo", "/tmp", "--poll", "x"], 2, "--poll"), (["foo", "/tmp", "--broker", "?"], 2, "--broker"),
        (["foo", "/etc/hostname"], 1, "/etc/hostname"),
    ])
    func wrongUseIsOneClearLine(_ arguments: [String], _ status: Int32, _ word: String) async throws {
        try await withTemporaryFolder("program") { base in
            let all = arguments + ["--listen", "127.0.0.1:0", "--state", base + "/state"]
            try await ChildProcess.with("bpubsub-publisher", all) { publisher in
                let exit = try await publisher.exit()
                #expect(exit == .exited(status))
                let lines = publisher.lines(.error)
                #expect(lines.count == 1)
                #expect(lines.first?.contains(word) == true, "\(lines)")
            }
        }
    }
}
