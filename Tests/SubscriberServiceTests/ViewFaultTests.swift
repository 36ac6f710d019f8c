import Arrays
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Views while publishers and people who look come and go.
@Suite(.patient) struct ViewFaultTests {
    private static let path = "/api/view/foo/cube.b2nd"
    private static let held = [("slice_", "5, 17:27, 33:43"), ("pixels", "5,5"), ("reduce", "max")]

    /// The group as the subscriber knows it.
    private static func wait(_ subscriber: TestSubscriber, online: Bool) async throws {
        try await subscriber.wait("the publisher is \(online ? "back" : "gone")") {
            subscriber.parts.copy.group("foo")?.online == online
        }
    }

    @Test(arguments: Reduction.allCases)
    func whatIsHeldIsSeenOfflineAndWhatIsNotIsUnavailableUntilThePublisherIsBack(_ reduction: Reduction) async throws {
        try await SliceTests.with { network, subscriber, _ in
            let missing = [("slice_", "40"), ("pixels", "8,8"), ("reduce", reduction.rawValue)]
            let before = try await subscriber.ask(Self.path, Self.held)
            try await network.giveBackLease()
            try await Self.wait(subscriber, online: false)
            network.publisher.resetCounters()
            let answer = try await subscriber.ask(Self.path, Self.held)
            #expect(answer.status == 200 && answer.body == before.body && answer.headers["Age"] != nil)
            let refused = try await subscriber.ask(Self.path, missing)
            #expect(
                refused.status == 503 && refused.text.contains("the publisher of foo is offline"), "\(refused.text)")
            #expect(network.publisher.requests.isEmpty, "nobody asks a publisher that is gone")
            try await network.claim()
            try await Self.wait(subscriber, online: true)
            #expect(try await subscriber.ask(Self.path, missing).status == 200)
        }
    }

    @Test(arguments: Reduction.allCases)
    func aPublisherThatIsGoneWithoutAWordMakesNobodyWait(_ reduction: Reduction) async throws {
        try await SliceTests.with { network, subscriber, _ in
            _ = try await subscriber.ask(Self.path, Self.held)
            await network.stopPublisher()
            let query = [("slice_", "40"), ("pixels", "8,8"), ("reduce", reduction.rawValue)]
            let refused = try await subscriber.ask(Self.path, query)
            #expect(refused.status == 503, "\(refused.text)")
            #expect(try await subscriber.ask(Self.path, Self.held).status == 200)
        }
    }

    // Two views are made at a time: a third comes when those who wanted the others have gone, and not before.
    @Test func aViewThatNobodyWaitsForEnds() async throws {
        try await Network.with { network in
            // Longer than this test: it is not the silence of the publisher that ends the views.
            let subscriber = try await network.subscriber { $0.fetchTimeout = .seconds(600) }
            try await network.publishFrame("cube.b2nd", try SampleArray.cube())
            try await subscriber.waitForList(["cube.b2nd"])
            _ = try await subscriber.ask(Self.path, Self.held)
            network.publisher.alwaysSuffer(.stall(after: 100))
            let before = network.publisher.requests.count
            let impatient = (0..<2).map { index in
                Task {
                    try await subscriber.ask(
                        Self.path, [("slice_", "\(20 + index * 20)"), ("pixels", "8,8"), ("reduce", "mean")])
                }
            }
            try await subscriber.wait("both have asked the publisher") {
                network.publisher.requests.count == before + 2
            }
            let patient = Task {
                try await subscriber.ask(
                    Self.path, [("slice_", "5, 18:26, 34:42"), ("pixels", "2,2"), ("reduce", "mean")])
            }
            for task in impatient { task.cancel() }
            #expect(try await patient.value.status == 200)
            for task in impatient { #expect(await task.result.isFailure) }
        }
    }
}

extension Result {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
