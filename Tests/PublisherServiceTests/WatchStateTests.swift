import Catalogue
import Digests
import Platform
import Testing

@testable import PublisherService

private func version(_ byte: UInt8) -> Version {
    let hasher = SHA256()
    hasher.update(byte)
    return Version(hasher.finish())
}

/// What the watcher decides, without a folder and without waiting.
@Suite struct WatchStateTests {
    /// A folder that is what a test says, at the time that it says.
    private struct FakeFolder: FolderView {
        var now = ContinuousClock.now
        var time = Timestamp(nanoseconds: 1_764_000_000_000_123_456)
        var files: [RelativePath: FileIdentity] = [:]
        var published: [RelativePath: FileTable.Entry] = [:]
        var written: Set<RelativePath> = []
        var pending: Set<RelativePath> = []
        var away: RelativePath?

        func entry(_ path: RelativePath) -> FolderEntry { files[path].map { .file($0) } ?? .absent }
        func writers(_ path: RelativePath) -> FileDescriptor.Writers { written.contains(path) ? .some : .none }
        func length(_ path: RelativePath, _ identity: FileIdentity) -> Int64 { identity.size }
        func isUnpacked(_ path: RelativePath) -> Bool { false }
        func awayPlace(of path: RelativePath) -> RelativePath? { away.flatMap { path.isInside($0) ? $0 : nil } }
        func known(_ path: RelativePath) -> FileTable.Entry? { published[path] }
        func siblings(of path: RelativePath) -> [RelativePath] { [] }
        func isPending(_ path: RelativePath) -> Bool { pending.contains(path) }

        mutating func pass(_ duration: Duration) {
            now += duration
            time = Timestamp(nanoseconds: time.nanoseconds + Int64(duration / .nanoseconds(1)))
        }

        /// Somebody writes to the file, now.
        mutating func write(_ name: String, size: Int64, inode: UInt64 = 1) {
            files[RelativePath(name)] = FileIdentity(
                kind: .regular, device: 1, inode: inode, size: size, modified: time.nanoseconds,
                changed: time.nanoseconds)
        }

        /// What the file has now was read, and is published.
        mutating func publish(_ name: String, isTrusted: Bool = true) {
            let path = RelativePath(name)
            guard let identity = files[path] else { return }
            published[path] = FileTable.Entry(
                identity: identity, version: version(1), isTrusted: isTrusted)
        }
    }

    private static let settings = FolderWatcher.Settings()
    private let a = RelativePath("a")

    private func state(_ folder: FakeFolder, hasEvents: Bool = true) -> WatchState {
        WatchState(Self.settings, hasEvents: hasEvents, at: folder.now)
    }

    private func changes(_ state: inout WatchState, _ kinds: INotify.Events, _ name: String = "a") -> FolderChanges {
        state.table.add(1, for: .root)
        var changes = FolderChanges()
        changes.add([INotify.Event(watch: 1, kinds: kinds, name: name)], &state.table)
        return changes
    }

    @Test func aFileIsReadAMomentAfterItsWriterHasClosedIt() {
        var folder = FakeFolder(), state = state(folder)
        folder.write("a", size: 10)
        state.apply(changes(&state, .modified), in: folder)
        state.apply(changes(&state, .closedAfterWriting), in: folder)
        let found1 = state.takeFindings()
        #expect(found1.jobs.isEmpty)
        #expect(state.earliest <= folder.now + Self.settings.gather * 2)
        folder.pass(Self.settings.gather * 2)
        let due = state.lookAtDue(in: folder)
        #expect(due.isEmpty)
        let found2 = state.takeFindings()
        #expect(found2.jobs[a]?.size == 10)
    }

    @Test func aFileThatIsKeptOpenIsHeldBackAndNotForEver() {
        var folder = FakeFolder(), state = state(folder)
        folder.write("a", size: 10)
        folder.written = [a]
        state.apply(changes(&state, .modified), in: folder)
        var waited = Duration.zero
        while state.takeFindings().jobs.isEmpty, waited < .seconds(3600) {
            let pause = max(state.earliest - folder.now, .milliseconds(1))
            folder.pass(pause)
            waited += pause
            // Nothing else is to come: walks and looks are others' affair here.
            (state.nextRescan, state.nextCheck) = (folder.now + .seconds(7200), folder.now + .seconds(7200))
            _ = state.lookAtDue(in: folder)
        }
        #expect(waited >= Self.settings.open && waited <= Self.settings.open * 11)
    }

    @Test func whatComesBackAtOnceHasNotGone() {
        var folder = FakeFolder(), state = state(folder)
        folder.write("a", size: 10)
        folder.publish("a")
        let identity = folder.files.removeValue(forKey: a)
        state.apply(changes(&state, .deleted), in: folder)
        let found1 = state.takeFindings()
        #expect(found1.jobs.isEmpty)
        folder.files[a] = identity
        state.apply(changes(&state, .movedHere), in: folder)
        folder.pass(Self.settings.absence * 2)
        _ = state.lookAtDue(in: folder)
        let found2 = state.takeFindings()
        #expect(found2.jobs.isEmpty)
        folder.files = [:]
        state.apply(changes(&state, .deleted), in: folder)
        folder.pass(Self.settings.absence * 2)
        _ = state.lookAtDue(in: folder)
        let found3 = state.takeFindings()
        #expect(found3.jobs.keys.map(\.text) == ["a"])
    }

    @Test func nothingIsWithdrawnOfWhatIsAway() {
        var folder = FakeFolder(), state = state(folder)
        folder.write("a", size: 10)
        folder.publish("a")
        folder.files = [:]
        folder.away = .root
        state.apply(changes(&state, .deleted), in: folder)
        folder.pass(.seconds(3600))
        _ = state.lookAtDue(in: folder)
        let found1 = state.takeFindings()
        #expect(found1.jobs.isEmpty)
        _ = state.endWalk([.root], FolderScanner.Result(), since: folder.now, known: [a], in: folder)
        let found2 = state.takeFindings()
        #expect(found2.jobs.isEmpty)
        folder.away = nil
        _ = state.endWalk([.root], FolderScanner.Result(), since: folder.now, known: [a], in: folder)
        let found3 = state.takeFindings()
        #expect(found3.jobs.keys.map(\.text) == ["a"])
    }

    @Test func whatCannotBeReadForAMomentIsNotWithdrawn() {
        var folder = FakeFolder(), state = state(folder)
        folder.write("a", size: 10)
        folder.publish("a")
        var result = FolderScanner.Result()
        result.problems[a] = FolderError(SystemError("read a", code: 5))
        _ = state.endWalk([.root], result, since: folder.now, known: [a], in: folder)
        let found = state.takeFindings()
        #expect(found.jobs.isEmpty)
    }

    /// Read so soon after it was written that only silence proves that nothing followed.
    @Test func trustComesWithSilenceAndGoesWithAWrite() throws {
        var folder = FakeFolder(), state = state(folder)
        folder.write("a", size: 10)
        folder.publish("a", isTrusted: false)
        let identity = try #require(folder.files[a])
        state.take([.trust(a, identity)], at: folder.now)
        state.apply(changes(&state, .modified), in: folder)
        folder.pass(Self.settings.settle * 2)
        let due1 = state.lookAtDue(in: folder)
        #expect(due1.isEmpty)
        state.take([.trust(a, identity)], at: folder.now)
        let due2 = state.lookAtDue(in: folder)
        #expect(due2.isEmpty)
        folder.pass(Self.settings.settle * 2)
        let trusted = state.lookAtDue(in: folder)
        #expect(trusted.map(\.0.text) == ["a"] && trusted.map(\.1) == [identity])
    }

    /// A walk of which nothing is expected finds a change that is some time old.
    @Test func changesThatNobodyTellsAreFoundOut() {
        var folder = FakeFolder(), state = state(folder)
        folder.write("a", size: 10)
        folder.publish("a")
        func walk() -> Bool {
            var result = FolderScanner.Result()
            result.files = folder.files
            return state.endWalk([.root], result, since: folder.now, known: [a], in: folder)
        }
        let isPolled1 = walk()
        #expect(!isPolled1)
        folder.pass(.seconds(30))
        let isPolled2 = walk()
        #expect(!isPolled2 && !state.isPolling)
        folder.pass(.seconds(20))
        folder.write("a", size: 11)
        folder.pass(.seconds(10))
        let isPolled3 = walk()
        #expect(isPolled3 && state.isPolling)
        let isPolled4 = walk()
        #expect(!isPolled4, "it is said once")
        #expect(state.rescanInterval == Self.settings.blindRescan)
    }

    @Test func lostEventsHaveTheWholeFolderWalked() {
        var folder = FakeFolder(), state = state(folder)
        (state.nextRescan, state.nextCheck) = (folder.now + .seconds(60), folder.now + .seconds(60))
        folder.pass(.seconds(1))
        var changes = FolderChanges()
        changes.add([INotify.Event(watch: -1, kinds: .overflow)], &state.table)
        state.apply(changes, in: folder)
        #expect(state.earliest == folder.now)
    }

    @Test func whereNoEventsTellAFileMustBeTheSameForAWhile() {
        var folder = FakeFolder(), state = state(folder, hasEvents: false)
        folder.write("a", size: 10)
        func walk() {
            var result = FolderScanner.Result()
            result.files = folder.files
            _ = state.endWalk([.root], result, since: folder.now, known: [], in: folder)
        }
        walk()
        let found1 = state.takeFindings()
        #expect(found1.jobs.isEmpty)
        folder.write("a", size: 20)
        folder.pass(Self.settings.settle)
        _ = state.lookAtDue(in: folder)
        let found2 = state.takeFindings()
        #expect(found2.jobs.isEmpty, "it has grown")
        folder.pass(Self.settings.settle)
        _ = state.lookAtDue(in: folder)
        let found3 = state.takeFindings()
        #expect(found3.jobs[a]?.size == 20)
    }
}

/// What changes of the files, without files.
@Suite struct FileStateTests {
    private let a = RelativePath("a"), b = RelativePath("b")

    private func made(_ path: RelativePath, inode: UInt64, isTrusted: Bool = true) throws -> Outcome {
        let identity = FileIdentity(kind: .regular, device: 1, inode: inode, size: 1, modified: 5, changed: 5)
        let version = version(UInt8(inode))
        let entry = FileTable.Entry(identity: identity, version: version, isTrusted: isTrusted)
        let dataset = DatasetMaker.dataset(
            try DatasetPath("foo/\(path.text)"), version: version, size: 1, identity: identity, frame: nil, flaw: nil)
        return .made(.init(path: path, entry: entry, manifest: nil, dataset: dataset))
    }

    @Test func whatIsBeingLookedAtIsSaidAfterwards() throws {
        var state = FileState()
        state.announcements.start()
        let wakes1 = state.look(at: [.init(path: a)])
        #expect(wakes1 == .workers)
        let next = state.work.next(.small)
        #expect(next.map(\.path) == [a])
        let wakes2 = state.announce([a, b], unread: [])
        #expect(wakes2 == .announcer)
        let said1 = state.announcements.take(10)
        #expect(said1 == [b])
        let taken = state.take([.unchanged(a)], [false])
        #expect(taken.wakes == .announcer)
        let said2 = state.announcements.take(10)
        #expect(said2 == [a])
        #expect(state.work.isEmpty)
    }

    /// The catalogue has a file that is there and was not read yet.
    @Test func whatIsThereAndUnknownIsLookedAtFirst() throws {
        var state = FileState()
        state.announcements.start()
        let wakes1 = state.announce([a], unread: [a])
        #expect(wakes1 == .workers)
        let said1 = state.announcements.take(10)
        #expect(said1 == [])
        let next = state.work.next(.small)
        #expect(next.map(\.path) == [a])
        let (wakes, _) = state.take([try made(a, inode: 1)], [true])
        let said2 = state.announcements.take(10)
        #expect(wakes == .announcer && said2 == [a])
    }

    @Test func withoutALeaseNothingIsCollected() throws {
        var state = FileState()
        _ = state.look(at: [.init(path: a)])
        _ = state.work.next(.small)
        let taken = state.take([try made(a, inode: 1)], [true])
        #expect(taken.wakes == [])
        #expect(state.announcements.count == 0 && state.table.count == 1)
    }

    @Test func whatTheStoreDoesNotHaveIsReadAgain() {
        var state = FileState()
        _ = state.look(at: [.init(path: a)])
        _ = state.work.next(.small)
        let taken = state.take([.unchanged(a)], [nil])
        #expect(taken.wakes == .workers)
        let next = state.work.next(.small)
        #expect(next.map(\.mustRead) == [true])
    }

    @Test func whatIsNotProvenIsTrustedAfterSilence() throws {
        var state = FileState()
        _ = state.look(at: [.init(path: a)])
        _ = state.work.next(.small)
        let taken = state.take([try made(a, inode: 1, isTrusted: false)], [true])
        #expect(taken.wakes == .watcher)
        guard case .trust(a, let identity) = try #require(state.takeRequests().first) else {
            Issue.record("the watcher is asked for something else")
            return
        }
        let other = FileIdentity(kind: .regular, device: 1, inode: 2, size: 1, modified: 5, changed: 5)
        let trusted1 = state.trust([(a, other)])
        #expect(trusted1 == [])
        let trusted2 = state.trust([(a, identity)])
        #expect(trusted2 == [a])
        let trusted3 = state.trust([(a, identity)])
        #expect(trusted3 == [], "it is said once")
        #expect(state.table.entry(sameAs: identity) != nil)
    }

    @Test func namesOfOneFileKnowEachOther() throws {
        var table = FileTable()
        for path in [a, b] {
            guard case .made(let made) = try made(path, inode: 7) else { continue }
            table.put(made.entry, at: path)
        }
        #expect(table.siblings(of: a) == [b] && table.siblings(of: b) == [a])
        #expect(table.versionCount == 1)
        table.remove(a)
        #expect(table.siblings(of: b) == [] && table.count == 1)
        table.remove(b)
        #expect(table.versionCount == 0)
    }

    @Test func ofManyAnnouncementsSomeAreTaken() {
        var list = AnnouncementList()
        list.start()
        let all = Set((0..<10).map { RelativePath("\($0)") })
        let isMore1 = list.add(all)
        #expect(isMore1)
        let isMore2 = list.add(all)
        #expect(!isMore2)
        let first = list.take(4), rest = list.take(10)
        #expect(first.count == 4 && Set(first + rest) == all && list.count == 0)
    }
}
