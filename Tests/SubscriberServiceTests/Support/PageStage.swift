import HTTP
import Platform
import Synchronization
import TestSupport

@testable import SubscriberService

/// What a story of the web page is played in front of: a publisher of a folder as `pictures`, and a subscriber. The script
/// that plays it may end and start both.
final class PageStage: Sendable {
    private struct State {
        var publisherStop: Network.Stop?
        var subscriber: TestSubscriber?
        /// Where the subscriber is, once it has been started: a page that is open has its address.
        var port: UInt16 = 0
    }

    let data: String
    private let network: Network
    private let state = Locked(State())

    init(_ network: Network) throws {
        self.network = network
        data = network.folder + "/data"
        try FileSystem.createDirectories(data)
    }

    /// Starts both, and gives the subscriber when it lists all that the folder has.
    func open() async throws -> TestSubscriber {
        try await startPublisher()
        let subscriber = try await startSubscriber()
        try await subscriber.wait("all is listed") {
            try await subscriber.ask("/api/list/pictures").text.contains("last.txt")
        }
        return subscriber
    }

    /// Where the script asks for `/stop/publisher` and the like.
    func direct() throws -> String {
        try network.serve { [self] request in
            do {
                switch request.path {
                case "/stop/publisher": await state.withLock { $0.publisherStop.take() }?()
                case "/start/publisher": try await startPublisher()
                case "/stop/subscriber": await state.withLock { $0.subscriber.take() }?.stop()
                case "/start/subscriber": try await startSubscriber()
                default: return HTTPResponse(status: 404)
                }
                return HTTPResponse(status: 200)
            } catch {
                return .refusal(500, "\(error)")
            }
        }
    }

    private func startPublisher() async throws {
        let stop = try await network.publish(folder: data, as: "pictures")
        state.withLock { $0.publisherStop = stop }
    }

    @discardableResult private func startSubscriber() async throws -> TestSubscriber {
        let port = try state.withLock { state in
            if state.port == 0 { state.port = try ReservedPort.take() }
            return state.port
        }
        let subscriber = try await network.subscriber { $0.listen.port = port }
        state.withLock { $0.subscriber = subscriber }
        return subscriber
    }
}
