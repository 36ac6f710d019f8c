import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Client

@Suite("Commands", .patient)
struct CommandTests {
    func subscriber() throws -> FakeSubscriber {
        var a = try SampleDataset("foo/a.txt", Array("hello".utf8))
        a.held = 5
        var b = try SampleDataset("foo/dir/b é.txt", Array(repeating: 7, count: 3000))
        b.isFollowed = true
        b.held = 1000
        return FakeSubscriber([a, b, try SampleDataset("bar/c.txt", [])])
    }

    @Test("list prints the JSON array that it always printed, and narrows it")
    func list() async throws {
        let all = try await subscriber().run("list")
        #expect(all == "[\"bar/c.txt\", \"foo/a.txt\", \"foo/dir/b é.txt\"]\n")
        let some = try await subscriber().run("list", "foo/dir", "bar/*.txt")
        #expect(some == "[\"bar/c.txt\", \"foo/dir/b é.txt\"]\n")
        let lines = try await subscriber().run("list", "-1", "foo/")
        #expect(lines == "foo/a.txt\nfoo/dir/b é.txt\n")
        for command in ["list", "tree"] {
            let other = try subscriber()
            let none = await #expect(throws: ClientError.self) { try await other.run(command, "foo/*.b2nd") }
            #expect(none?.message == "foo/*.b2nd: nothing matches it; 'bpubsub list' shows what there is")
        }
    }

    @Test("of what is no array and no text show says what it is, and what can be done with it")
    func show() async throws {
        let subscriber = FakeSubscriber([try SampleDataset("foo/a b.bin", [0, 1, 2, 0xff])])
        let error = await #expect(throws: ClientError.self) { try await subscriber.run("show", "foo/a b.bin") }
        let message = error?.message ?? ""
        #expect(message.hasPrefix("foo/a b.bin is not text and no array: it is a file of 4 B, text/plain; "))
        for advice in ["show --raw", "bpubsub download foo/a b.bin -o DIR", "/datasets/foo/a%20b.bin is its page"] {
            #expect(message.contains(advice), "\(message)")
        }
    }

    @Test("names that look the same, and names that begin with a mark, are as many in the tree as there are")
    func tree() async throws {
        let names = ["foo/\u{e9}.txt", "foo/e\u{301}.txt", "foo/d\u{e9}/\u{301}x", "foo/de\u{301}/y"]
        let subscriber = FakeSubscriber(try names.map { try SampleDataset($0, []) })
        let text = try await subscriber.run("tree")
        let expected = """
            foo
            ├── de\u{301}
            │   └── y
            ├── d\u{e9}
            │   └── \u{301}x
            ├── e\u{301}.txt
            └── \u{e9}.txt

            """
        #expect(Array(text.utf8) == Array(expected.utf8))
    }

    @Test("of two names that look the same, both are followed and told")
    func lookalikes() async throws {
        let subscriber = FakeSubscriber([
            try SampleDataset("foo/\u{e9}.txt", [1]), try SampleDataset("foo/e\u{301}.txt", [2]),
        ])
        _ = try await subscriber.run("follow", "foo")
        let info = try await subscriber.run("info")
        #expect(Array(info.utf8) == Array("foo/e\u{301}.txt\nfoo/\u{e9}.txt\n".utf8))
        let json = try await subscriber.run("info", "--json")
        #expect(json.utf8.count { $0 == UInt8(ascii: "{") } == 3)
        let output = CollectedOutput()
        _ = try await subscriber.run("download", "foo", output: output)
        #expect(output.results.count == 2)
        let error = await #expect(throws: ClientError.self) {
            try await subscriber.run("follow", "foo/\u{fc}", "foo/u\u{308}")
        }
        #expect(error?.message.split(separator: ";").count { $0.contains("there is no such dataset") } == 2)
    }

    @Test("list -l is a table")
    func longList() async throws {
        let text = try await subscriber().run("list", "-l", "foo")
        #expect(
            text == """
                PATH             SHAPE  DTYPE     SIZE  MODIFIED (UTC)        HELD  FOLLOWED
                foo/a.txt        -      -          5 B  2025-11-24 16:00:00  100 %  -
                foo/dir/b é.txt  -      -      2.9 KiB  2025-11-24 16:00:00   33 %  yes

                """)
        let json = try await subscriber().run("list", "-l", "--json", "bar")
        #expect(json.hasPrefix("[{\"complete\": true, \"dataset\": {"))
    }

    @Test(
        "a name that does not exist is an error that names the nearest",
        arguments: [
            ["list", "foo/a.tx"], ["follow", "foo/a.tx"], ["unfollow", "foo/a.tx"], ["info", "foo/a.tx"],
            ["download", "foo/a.tx"],
        ])
    func unknownNames(_ arguments: [String]) async throws {
        let subscriber = try subscriber()
        let error = await #expect(throws: ClientError.self) {
            try await subscriber.run(arguments[0], arguments[1])
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.hasPrefix("foo/a.tx: there is no such dataset") == true)
        #expect(error?.message.hasSuffix("did you mean foo/a.txt?") == true)
    }

    @Test("follow and unfollow take several names, and info tells what is followed")
    func follow() async throws {
        let subscriber = try subscriber()
        let followed = try await subscriber.run("follow", "foo/a.txt", "bar")
        #expect(followed == "following foo/a.txt\nfollowing bar\n")
        let info = try await subscriber.run("info")
        #expect(info == "bar/c.txt\nfoo/a.txt\nfoo/dir/b é.txt\n")
        let unfollowed = try await subscriber.run("unfollow", "foo")
        #expect(unfollowed == "no longer following foo\n")
        let rest = try await subscriber.run("info")
        #expect(rest == "bar/c.txt\n")
        let json = try await subscriber.run("info", "--json")
        #expect(json.contains("\"foo/a.txt\": {\"complete\": true, \"follow\": false, \"held\": 5}"))
    }

    @Test("info PATH tells all about a dataset")
    func infoPath() async throws {
        let text = try await subscriber().run("info", "foo/dir/b é.txt")
        #expect(text.contains("  held        33 %, 1000 B, followed\n"))
        let json = try await subscriber().run("info", "foo/a.txt", "--json")
        #expect(json.hasPrefix("{\"complete\": true, \"followed\": false, \"held\": 5, \"kind\": \"file\""))
        let subscriber = try subscriber()
        let error = await #expect(throws: ClientError.self) { try await subscriber.run("info", "foo") }
        #expect(error?.message == "foo names 2 datasets and not one: see 'bpubsub list -l foo'")
    }

    @Test("status is readable, and JSON on request")
    func status() async throws {
        let text = try await subscriber().run("status")
        #expect(
            text.contains(
                "broker      http://localhost:8000, connected since 2025-11-24 16:00:00 UTC, revision 17, heard of 0.0 s ago\n"
            ))
        #expect(text.contains("  foo         offline since 2025-11-24 16:00:00 UTC, http://a:1\n"))
        #expect(text.contains("held        2.0 KiB of 4.0 KiB in 2 datasets, 1 of them complete\n"))
        let json = try await subscriber().run("status", "--json")
        #expect(json.hasPrefix("{\"broker\": {\"connected\": true,"))
    }

    @Test("who is not reached, and who is no subscriber, is said with what to do")
    func wrongAddresses() async throws {
        let output = CollectedOutput()
        let gone = try await subscriber().serve { $0 }
        let unreachable = await #expect(throws: ClientError.self) {
            try await ClientProgram.run(["--subscriber", gone, "list"], [:], output: output) { _ in }
        }
        #expect(
            unreachable?.message
                == "cannot reach the subscriber at \(gone): connection refused; is bpubsub-subscriber running? "
                + "--subscriber or BPUBSUB_SUBSCRIBER names another one")
        for stray in [
            HTTPResponse(status: 404, body: .bytes(SharedBytes("<html>"))),
            HTTPResponse(body: .bytes(SharedBytes("hi"))),
        ] {
            let other = try subscriber()
            other.state.withLock { $0.stray = stray }
            let error = await #expect(throws: ClientError.self) { try await other.run("list") }
            #expect(error?.code == .badAnswer)
        }
        let refusing = try subscriber()
        refusing.state.withLock { $0.stray = .refusal(503, "no catalogue yet: ask again") }
        let refusal = await #expect(throws: ClientError.self) { try await refusing.run("list") }
        #expect(refusal == ClientError(.refused, "no catalogue yet: ask again"))
    }

    @Test("options may stand before the command, behind it, or in the environment")
    func places() async throws {
        try await subscriber().serve { url in
            let address = String(url.dropFirst("http://".count))
            for (arguments, environment) in [
                (["--subscriber", url + "/", "list"], [:]), (["list", "--subs", address], [:]),
                (["--", "list", "--subscriber=\(url)"], [:]),
                (["list"], ["BPUBSUB_SUBSCRIBER": address]),
                (["--subscriber=\(url)", "list"], ["BPUBSUB_SUBSCRIBER": "http://nowhere:1"]),
            ] as [([String], [String: String])] {
                let output = CollectedOutput()
                try await ClientProgram.run(arguments, environment, output: output) { _ in }
                #expect(output.text.hasPrefix("[\"bar/"))
            }
        }
    }

    @Test("every command has help, and wrong usage names the command")
    func help() async throws {
        for command in ClientProgram.commands {
            let output = CollectedOutput()
            try await ClientProgram.run([command.name, "--help"], [:], output: output) { _ in }
            #expect(output.text.hasPrefix("Usage: bpubsub \(command.name) [OPTION…]"))
        }
        let error = await #expect(throws: CommandUsageError.self) {
            try await ClientProgram.run(["follow"], [:], output: CollectedOutput()) { _ in }
        }
        #expect(error?.command == "bpubsub follow" && error?.message == "PATH is missing")
        await #expect(throws: UsageError("there is no command 'lst'")) {
            try await ClientProgram.run(["lst"], [:], output: CollectedOutput()) { _ in }
        }
    }
}
