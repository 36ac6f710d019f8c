import Catalogue
import Testing

@testable import SubscriberService

/// What has happened since a revision is found without a look at all.
@Suite struct RevisionOrderTests {
    private static func found(_ order: RevisionOrder, after revision: Revision, limit: Int = 100) -> [Revision] {
        order.entries(after: revision, through: .max, limit: limit).map(\.revision)
    }

    @Test func itIsReadFromARevisionOn() {
        var order = RevisionOrder()
        #expect(Self.found(order, after: 0).isEmpty)
        for revision in 1...9 as ClosedRange<Revision> { order.append(revision * 10, UInt32(revision)) }
        #expect(Self.found(order, after: 0).count == 9)
        #expect(Self.found(order, after: 39) == [40, 50, 60, 70, 80, 90])
        #expect(Self.found(order, after: 40, limit: 2) == [50, 60])
        #expect(Self.found(order, after: 90).isEmpty)
        #expect(order.entries(after: 40, through: 60, limit: 9).map(\.slot) == [5, 6])
        // Two logs may have given the same revision: it is not cut in two.
        order.append(90, 10)
        #expect(order.entries(after: 80, through: .max, limit: 1).map(\.slot) == [9, 10])
    }

    @Test func whatComesOutOfOrderIsSorted() {
        var order = RevisionOrder()
        for revision in [5, 3, 9, 3, 1] as [Revision] { order.append(revision, UInt32(revision)) }
        #expect(!order.isReady)
        order.tidy { revision, _ in revision != 9 }
        #expect(order.isReady)
        // The same thing twice is one.
        #expect(Self.found(order, after: 0) == [1, 3, 5])
    }

    /// Against a look at all, through changes, removals and revisions that go back, as with another log.
    @Test func aTableFindsWhatALookAtAllFinds() throws {
        let paths = try (0..<60).map { try DatasetPath("foo/\($0)") }
        var table = DatasetTable(), random = SystemRandomNumberGenerator()
        var revision: Revision = 100
        for step in 0..<20_000 {
            let path = paths.randomElement(using: &random)!
            if step % 5 == 4 {
                table.remove(path)
            } else {
                revision += 1
                // Now and then an old one, which a listing brings.
                let given = step % 97 == 0 ? revision - 50 : revision
                let dataset = Dataset(
                    path: path, version: try #require(Version(String(repeating: "0", count: 64))), size: 1,
                    modified: 1)
                table.set(path, CatalogueState.Entry(dataset, given, line: []))
            }
            guard step % 37 == 0 else { continue }
            let start = revision - Revision.random(in: 0...100), end = revision - Revision.random(in: 0...3)
            let wanted = paths.compactMap { path in table[path].map { (path, $0.revision) } }
                .filter { $0.1 > start && $0.1 <= end }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            var found: [(DatasetPath, Revision)] = [], reached = start
            while true {
                let some = table.changed(after: reached, through: end, limit: 7)
                guard let last = some.last else { break }
                found += some.map { ($0.path, $0.entry.revision) }
                reached = last.entry.revision
            }
            #expect(Set(found.map(\.0)).count == found.count)
            #expect(found.map(\.1) == wanted.map(\.1))
        }
    }
}
