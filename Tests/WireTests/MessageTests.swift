import Catalogue
import Testing
import Wire

/// A message is read by the type that wrote it, and what earlier releases wrote as well.
@Suite struct MessageTests {
    private static func roundTrip<Message: Codable & Equatable>(_ message: Message, _ text: String) throws {
        let bytes = WireJSON.encode(message)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
        #expect(try WireJSON.decode(Message.self, from: bytes) == message)
    }

    private static let zeros = String(repeating: "0", count: 64)

    @Test func ofTheControlPlane() throws {
        let epoch = try #require(Epoch(String(repeating: "a", count: 32)))
        try Self.roundTrip(
            Claim(secret: "s", urls: ["http://a:1"], class: "public", announced: 7, away: true, instance: "i"),
            #"{"announced":7,"away":true,"class":"public","instance":"i","secret":"s","urls":["http://a:1"]}"#)
        try Self.roundTrip(
            Lease(group: "foo", lease: "l", seconds: 10, epoch: epoch, revision: 3),
            #"{"epoch":"\#(epoch)","group":"foo","lease":"l","revision":3,"seconds":10}"#)
        try Self.roundTrip(
            Announcements([.delete(try DatasetPath("foo/a"))]), #"{"changes":[{"delete":"foo/a"}]}"#)
        try Self.roundTrip(
            Acknowledgement(epoch: epoch, revisions: [1, 2]), #"{"epoch":"\#(epoch)","revisions":[1,2]}"#)
    }

    @Test func ofDatasets() throws {
        let version = try #require(Version(Self.zeros))
        try Self.roundTrip(
            MirrorProgress(path: try DatasetPath("foo/a"), version: version, state: .running, held: 1, size: 2),
            #"{"held":1,"path":"foo/a","size":2,"state":"running","version":"\#(Self.zeros)"}"#)
        var held = HeldDataset(follow: true, held: 1, complete: false)
        held.mtime = 1.5
        held.whole = true
        held.copy = "clone"
        try Self.roundTrip(
            held, #"{"complete":false,"copy":"clone","follow":true,"held":1,"mtime":1.5,"whole":true}"#)
        let dataset = Dataset(path: try DatasetPath("foo/a"), version: version, size: 2, modified: 1)
        let row = ListedDataset(dataset: dataset, held: 1, complete: false, followed: true)
        let text = String(decoding: WireJSON.encode(dataset), as: UTF8.self)
        try Self.roundTrip(row, #"{"complete":false,"dataset":\#(text),"followed":true,"held":1}"#)
        var estimate = FollowEstimate()
        estimate.limit = 9
        try Self.roundTrip(
            estimate,
            #"{"bytes":0,"datasets":0,"disk":0,"fetch":0,"held":0,"kept":0,"limit":9,"requests":0}"#)
    }

    @Test func whatALaterReleaseAddsIsNotTheEnd() throws {
        let text =
            #"{"held":1,"path":"foo/a","size":2,"state":"verifying","version":"\#(Self.zeros)","more":[1]}"#
        #expect(try WireJSON.decode(MirrorProgress.self, from: Array(text.utf8)).state == .running)
    }

    @Test func aGroupsStatusIsTheGroupWithMore() throws {
        let group = Group(name: "foo", publisher: "p", urls: [], class: "public", online: true, since: 1)
        let text = #"{"class":"public","lag":0.5,"name":"foo","online":true,"publisher":"p","since":1,"urls":[]}"#
        try Self.roundTrip(GroupStatus(group, lag: 0.5, stale: nil), text)
        #expect(try WireJSON.decode(Group.self, from: Array(text.utf8)) == group)
    }

    /// As the first release wrote it.
    @Test func anEarlierSubscribersStatusIsRead() throws {
        let text = """
            {"version":"0.0.1","broker":{"url":"http://a","connected":true},"groups":[{"name":"foo","publisher":"00",\
            "urls":[],"class":"public","online":false,"since":1}],"datasets":3,"followed":["foo"],"mirrors":{"count":2,\
            "complete":1,"bytes":2048,"size":4096},"transfers":{"running":1,"fetchedBytes":1024,"savedBytes":0,\
            "rejectedChunks":0}}
            """
        let status = try WireJSON.decode(SubscriberStatus.self, from: Array(text.utf8))
        #expect(status.groups.map(\.group.name) == ["foo"])
        #expect(status.disk == nil && status.cache == nil && status.transfers.requests == nil)
        #expect(try WireJSON.decode(SubscriberStatus.self, from: WireJSON.encode(status)) == status)
    }

    @Test func saysWhatIsWrongWithAMessage() {
        do {
            _ = try WireJSON.decode(Announcements.self, from: Array(#"{"changes":[{"put":{"path":"foo/a"}}]}"#.utf8))
            Issue.record("a dataset without a version was accepted")
        } catch {
            #expect(WireJSON.describe(error).contains("version"))
        }
    }
}
