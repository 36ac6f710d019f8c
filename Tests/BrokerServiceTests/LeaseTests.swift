import BrokerService
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@Suite(.patient) struct LeaseTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aClaimedGroupIsOnlineWithItsPublisherAndPlace() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo bär", urls: ["http://here:8001/", "http://[::1]:8001"])
            #expect(lease.group == "foo bär")
            #expect(lease.seconds == 600)
            #expect(lease.revision == 1)
            let group = try await broker.group("foo%20b%C3%A4r")
            #expect(group.online)
            #expect(group.urls == ["http://here:8001", "http://[::1]:8001"])
            #expect(group.publisher == PublisherIdentity(secret: BrokerHarness.secrets[0])?.publicName)
            #expect(try await broker.get("/api/publishers", as: [Group].self) == [group])
        }
    }

    @Test func aRenewalWritesNothingAndKeepsTheLease() async throws {
        try await BrokerHarness.run(folder) { broker in
            let first = try await broker.claim("foo")
            let second = try await broker.claim("foo")
            #expect(second == first)
            let moved = try await broker.claim("foo", urls: ["http://there:8001"])
            #expect(moved.lease == first.lease)
            #expect(moved.revision == 2)
            #expect(try await broker.group("foo").urls == ["http://there:8001"])
        }
    }

    @Test func thatAllIsAnnouncedStaysInTheGroupsLine() async throws {
        try await BrokerHarness.run(folder) { broker in
            let first = try await broker.claim("foo")
            #expect(try await broker.group("foo").announced == nil)
            let told = try await broker.claim("foo", announced: 7)
            #expect(told.lease == first.lease && told.revision == 2)
            // Renewals do not say it again, and nothing takes it back.
            #expect(try await broker.claim("foo").revision == 2)
            #expect(try await broker.claim("foo", announced: 5).revision == 2)
            _ = try await broker.send("DELETE", "/api/publishers/foo", [ProtocolHeader.lease: told.lease])
            _ = try await broker.claim("foo", by: 1)
            #expect(try await broker.group("foo").announced == 7)
        }
    }

    @Test func aGroupThatALivePublisherHoldsIsRefusedWithItsName() async throws {
        try await BrokerHarness.run(folder) { broker in
            _ = try await broker.claim("foo", by: 0)
            let before = try await broker.group("foo")
            let refused = try await broker.claimRaw("foo", by: 1)
            #expect(refused.status == 409)
            #expect(refused.text.contains(before.publisher))
            #expect(refused.text.contains("http://here:8001"))
            #expect(try await broker.group("foo") == before)
        }
    }

    @Test func aLeaseThatRunsOutTakesTheGroupOfflineAndKeepsItsDatasets() async throws {
        let lease = try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            _ = try await broker.announce([.put(try Sample.dataset("foo/a"))], lease)
            return lease
        }
        let clock = ManualClock()
        let configure = { (configuration: inout Broker.Configuration) in
            configuration.clock = clock
            configuration.leaseSeconds = 10
        }
        try await BrokerHarness.run(folder, configure) { broker in
            let short = try await broker.claim("foo")
            #expect(short.lease != lease.lease)
            await clock.sleepers(within: .seconds(10))
            clock.advance(by: .seconds(9))
            #expect(try await broker.group("foo").online)
            clock.advance(by: .seconds(1))
            try await broker.waitUntilOffline("foo")
            #expect(try await broker.list().replica.lines.keys.sorted() == ["foo", "foo/a"])
            #expect(try await broker.announceRaw([.put(try Sample.dataset("foo/b"))], short.lease).status == 403)
            #expect(try await broker.claim("foo").lease != short.lease)
        }
    }

    @Test func anOfflineGroupMayBeTakenByAnother() async throws {
        try await BrokerHarness.run(folder) { broker in
            let old = try await broker.claim("foo", by: 0)
            _ = try await broker.send("DELETE", "/api/publishers/foo", [ProtocolHeader.lease: old.lease])
            let new = try await broker.claim("foo", by: 1)
            let publisher = PublisherIdentity(secret: BrokerHarness.secrets[1])?.publicName
            #expect(try await broker.group("foo").publisher == publisher)
            #expect(try await broker.claimRaw("foo", by: 0).status == 409)
            #expect(try await broker.announceRaw([.put(try Sample.dataset("foo/a"))], old.lease).status == 403)
            #expect(try await broker.announce([.put(try Sample.dataset("foo/a"))], new).count == 1)
        }
    }

    @Test func aLeaseThatIsGivenBackTakesTheGroupOfflineAtOnce() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let other = try await broker.claim("bar", by: 1)
            #expect(try await broker.send("DELETE", "/api/publishers/foo").status == 403)
            #expect(
                try await broker.send("DELETE", "/api/publishers/foo", [ProtocolHeader.lease: other.lease]).status
                    == 403)
            #expect(try await broker.group("foo").online)
            let answer = try await broker.send("DELETE", "/api/publishers/foo", [ProtocolHeader.lease: lease.lease])
            #expect(answer.status == 200)
            #expect(try await !broker.group("foo").online)
            #expect(try await broker.announceRaw([], lease.lease).status == 403)
            _ = try await broker.claim("foo", by: 1)
        }
    }

    @Test func ofManyPublishersOneGetsTheGroup() async throws {
        try await BrokerHarness.run(folder) { broker in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for publisher in 0..<10 {
                    group.addTask { try await broker.claimRaw("foo", by: publisher).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 409, count: 9))
        }
    }

    @Test func afterARestartTheOldLeaseIsRefusedAndTheSamePublisherClaimsAgain() async throws {
        let old = try await BrokerHarness.run(folder) { try await $0.claim("foo") }
        try await BrokerHarness.run(folder) { broker in
            #expect(try await broker.group("foo").online)
            #expect(try await broker.announceRaw([.put(try Sample.dataset("foo/a"))], old.lease).status == 403)
            #expect(try await broker.claimRaw("foo", by: 1).status == 409)
            let lease = try await broker.claim("foo")
            #expect(lease.revision == old.revision)
            #expect(try await broker.announce([.put(try Sample.dataset("foo/a"))], lease) == [2])
        }
    }

    @Test func aPublisherThatDoesNotComeBackAfterARestartIsOfflineAfterOneLease() async throws {
        _ = try await BrokerHarness.run(folder) { try await $0.claim("foo") }
        let clock = ManualClock()
        let configure = { (configuration: inout Broker.Configuration) in
            configuration.clock = clock
            configuration.leaseSeconds = 10
        }
        try await BrokerHarness.run(folder, configure) { broker in
            #expect(try await broker.group("foo").online)
            await clock.sleepers(within: .seconds(10))
            clock.advance(by: .seconds(10))
            try await broker.waitUntilOffline("foo")
        }
    }

    @Test func aGroupThatOnlyLooksLikeAnotherIsRefused() async throws {
        try await BrokerHarness.run(folder) { broker in
            _ = try await broker.claim("caf\u{e9}")
            let refused = try await broker.claimRaw("cafe\u{301}", by: 1)
            #expect(refused.status == 409)
            #expect(refused.text.contains("looks the same"))
            #expect(try await broker.send("GET", "/api/publishers/cafe%CC%81").status == 404)
        }
    }

    @Test func groupsAreLimitedInNumber() async throws {
        try await BrokerHarness.run(folder, { $0.groupLimit = 2 }) { broker in
            _ = try await broker.claim("a")
            _ = try await broker.claim("b")
            #expect(try await broker.claimRaw("c").status == 507)
            _ = try await broker.claim("a")
        }
    }
}
