import Catalogue
import Platform
import Testing

@testable import Client

@Suite("Watching")
struct WatchingTests {
    func parse(_ text: String) throws -> [EventParser.Event] {
        var parser = EventParser()
        var events: [EventParser.Event] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let event = try parser.take(Array(line.utf8)) { events.append(event) }
        }
        return events
    }

    @Test("events are read as the standard has them")
    func parser() throws {
        let events = try parse(
            ": hi\n\nevent: change\ndata: {\"a\"\ndata: :1}\nid: 7\n\ndata:x\n\nevent: none\n\ndata\n\n")
        #expect(
            events.map { "\($0.name)=\(String(decoding: $0.data, as: UTF8.self))" }
                == ["change={\"a\"\n:1}", "message=x", "message="])
    }

    @Test("an event without end is refused")
    func endlessEvent() throws {
        var parser = EventParser()
        let line = Array("data: ".utf8) + [UInt8](repeating: 65, count: 1 << 20)
        #expect(throws: ClientError.self) { while true { _ = try parser.take(line) } }
    }

    func dataset(_ path: String, _ text: String = "x") throws -> Dataset {
        try SampleDataset(path, Array(text.utf8)).dataset
    }

    @Test("new is told from changed, and what is the same is not told")
    func state() throws {
        var state = WatchedState()
        state.connect()
        let a = try dataset("foo/a"), a2 = try dataset("foo/a", "y"), b = try dataset("foo/b")
        // Before the listing nothing can be told; after it, what came early is.
        #expect(state.take(.put(a2), line: [1]).isEmpty)
        let early = state.take([a])
        #expect(early.map(\.change) == [.changed(a2)] && early.map(\.line) == [[1]])
        #expect(state.take(.put(a2), line: [2]).isEmpty)
        #expect(state.take(.put(b), line: [3]).map(\.change) == [.added(b)])
        #expect(state.take(.delete(b.path), line: [4]).map(\.change) == [.removed("foo/b")])
        #expect(state.take(.delete(b.path), line: [5]).isEmpty)
        let group = Group(name: "foo", publisher: "", urls: [], class: "public", online: false, since: 0)
        #expect(state.take(.group(group), line: [6]).map(\.change) == [.group(group)])
        #expect(state.take(.group(group), line: [7]).isEmpty)
    }

    @Test("after a gap, the listing tells what was missed, but knows less than events that came meanwhile")
    func reconnection() throws {
        var state = WatchedState()
        let a = try dataset("foo/a"), a2 = try dataset("foo/a", "y"), b = try dataset("foo/b"), c = try dataset("foo/c")
        let c2 = try dataset("foo/c", "newer"), d = try dataset("foo/d")
        state.connect()
        #expect(state.take([a, b, c]).isEmpty)
        state.connect()
        #expect(state.take(.put(c2), line: [1]).map(\.change) == [.changed(c2)])
        let missed = state.take([a2, c, d])
        #expect(missed.map(\.change) == [.changed(a2), .removed("foo/b"), .added(d)])
        #expect(missed.allSatisfy { $0.line == nil })
    }

    @Test("a change is one line, whatever its name")
    func line() throws {
        let time = Timestamp(seconds: 1_764_000_000)
        let removed = WatchedChange.removed("foo/a\nb").line(at: time)
        #expect(removed == "2025-11-24 16:00:00  removed  foo/a\\nb")
        #expect(
            WatchedChange.added(try dataset("foo/a", "12345")).line(at: time)
                == "2025-11-24 16:00:00  added    foo/a  5 B")
    }
}
