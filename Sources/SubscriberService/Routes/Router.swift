import Arrays
import Catalogue
import HTTP
import Page
import Platform
import Storage
import Wire

/// All that a subscriber answers.
struct Router: Sendable {
    private let routes: Routes
    private let freshness: Freshness
    let status: StatusRoutes

    init(_ services: Services, ownPages: OriginRule, log: Logger) {
        let page = Page()
        freshness = services.freshness
        status = services.status
        routes = Routes(
            of: "a subscriber", services.routes, pages: ownPages, log: log,
            otherwise: { request in
                if let refusal = NotOffered.refusal(for: request) { return .failure(refusal) }
                return (page.answer(request) ?? page.nothing(request)).map { .success($0) }
            },
            explain: Self.refusal)
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        var response = await routes.answer(request)
        if request.isReading { freshness.mark(&response.headers, of: request.path) }
        return response
    }

    private static func refusal(of error: any Error) -> Refusal? {
        switch error {
        case let failure as FetchFailure: Refusal(failure.status, failure.message)
        case let error as ArrayError: Refusal(error.status, "\(error)")
        // This subscriber's own disk.
        case let error where error is StorageError || error is SystemError: refusal(of: FetchFailure(disk: error))
        default: nil
        }
    }

    /// Who answers.
    struct Services: Sendable {
        let changes: ControlPlane<CopyChanges>
        let reading: ReadRoutes
        let following: FollowRoutes
        let downloads: DownloadRoutes
        let versions: HeldVersions
        let status: StatusRoutes
        let metrics: MetricsPage
        let tree: TreeRoute
        let held: HeldRoute
        let freshness: Freshness

        /// What is asked for most comes first.
        fileprivate var routes: [Route] { reading.routes + bytes + controlPlane + following.routes + page + ownState }

        private var bytes: [Route] {
            [
                Route(.bytes, .get { request, name in try await downloads.bytes(request, of: name) }),
                DataPlane(versions).route,
                Route(.download, .post { request, _ in try await downloads.start(request) }),
            ]
        }

        private var controlPlane: [Route] {
            changes.routes(hint: "a subscriber takes no announcements: publishers speak to the broker itself")
        }

        private var page: [Route] {
            [
                Route(.folderTree, .get { request, name in try await tree.folder(request, name) }),
                Route(.held, .get { request, name in try await held.answer(request, of: name) }),
                Route(.tree, .get { _, _ in await tree.groups() }),
                Route(.events, .feed),
            ]
        }

        private var ownState: [Route] {
            [
                Route(.status, .get { _, _ in .json(status.current) }),
                Route(.health, .get { _, _ in .json(["status": "alive"]) }),
                Route(.ready, .get { _, _ in status.ready }),
                Route(.metrics, .get { _, _ in await metrics.answer() }),
            ]
        }
    }
}

extension HTTPRequest {
    /// Whether it asks what exists, or what it is: what the answer says may be old.
    fileprivate var isReading: Bool {
        method == "GET" && path.utf8.starts(with: "/api/".utf8) && path != "/api/status" && path != "/api/followed"
    }
}

extension ArrayError {
    /// The status of an answer that fails so.
    fileprivate var status: Int {
        switch code {
        case .invalidRequest, .tooLarge: 400
        case .unsupported: 501
        // The bytes are what was published: it is the source that is damaged.
        case .corrupt, .otherFormat: 502
        case .inputOutput: 500
        }
    }
}
