import Catalogue
import Platform
import Testing

@testable import BrokerService

/// Leases by the clock, and the clock by hand.
@Suite struct LeaseBookTests {
    private let start = SteadyInstant(sinceStart: .zero)
    private var book = LeaseBook()

    init() {
        book.note(group("foo"), at: 1)
        book.note(group("bar"), at: 2)
    }

    private func group(_ name: String, online: Bool = true) -> Group {
        Group(name: name, publisher: "p", urls: [], class: "public", online: online, since: 0)
    }

    private func at(_ seconds: Double) -> LeaseBook.Instant { start + .seconds(seconds) }

    private mutating func grant(_ name: String, to publisher: String = "p", at seconds: Double) -> String {
        book.grant(name, to: publisher, now: at(seconds), until: at(seconds + 10))
    }

    @Test mutating func aRenewalKeepsTheTokenAndGivesMoreTime() {
        let token = grant("foo", at: 0)
        #expect(grant("foo", at: 9) == token)
        #expect(book.expired(now: at(18)).isEmpty)
        #expect(book.record(ofLease: token, now: at(18))?.group.name == "foo")
        #expect(book.expired(now: at(19)) == ["foo"])
        #expect(book.record(ofLease: token, now: at(19)) == nil)
    }

    @Test mutating func aRenewalThatComesTooLateIsAnotherLease() {
        let old = grant("foo", at: 0)
        let new = grant("foo", at: 10)
        #expect(new != old)
        #expect(book.record(ofLease: old, now: at(11)) == nil)
        #expect(book.record(ofLease: new, now: at(11))?.group.name == "foo")
    }

    @Test mutating func anotherPublisherGetsAnotherLease() {
        let old = grant("foo", at: 0)
        let new = grant("foo", to: "q", at: 1)
        #expect(new != old)
        #expect(book.record(ofLease: old, now: at(2)) == nil)
    }

    @Test mutating func groupsThatWereOnlineGetOneLeaseOfGrace() {
        book.note(group("off", online: false), at: 3)
        book.startGrace(until: at(10))
        #expect(book.nextDeadline == at(10))
        #expect(book.expired(now: at(9)).isEmpty)
        #expect(book.expired(now: at(10)).sorted() == ["bar", "foo"])
        // Nobody has shown itself yet: the first to do so gets a lease, and a token.
        let token = grant("foo", at: 5)
        #expect(book.record(ofLease: token, now: at(6))?.revision == 1)
        #expect(book.expired(now: at(10)) == ["bar"])
    }

    @Test mutating func afterTheBrokerSleptAllLeasesHaveMoreTime() {
        let token = grant("foo", at: 0)
        book.extendAll(to: at(100))
        #expect(book.expired(now: at(50)).isEmpty)
        #expect(grant("foo", at: 50) == token)
    }

    @Test mutating func aLineThatIsOlderThanTheKnownOneIsIgnored() {
        book.note(group("foo", online: false), at: 5)
        book.note(group("foo"), at: 4)
        #expect(book.record(of: "foo")?.group.online == false)
        #expect(book.record(of: "foo")?.revision == 5)
    }

    @Test mutating func aLeaseThatEndedIsUnknown() {
        let token = grant("foo", at: 0)
        book.end("foo")
        #expect(book.record(ofLease: token, now: at(1)) == nil)
        #expect(book.nextDeadline == nil)
    }
}
