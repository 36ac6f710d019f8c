import Catalogue
import HTTP
import Metrics
import Platform
import Wire

/// Takes what publishers announce, and says how the broker is.
struct RequestHandler: Sendable {
    let log: any ChangeLog
    let leases: LeaseKeeper
    /// Batches take a multiple of their size while they are read.
    let largeWork: LargeWork
    let metrics: MetricsPage
    let acceptedChanges: Counter
    /// Of one announcement.
    static let largestUpload = 32 << 20
    /// For JSON that takes long to read: the server's threads must not wait for it.
    let pool = BlockingPool(name: "announcements", threads: 2)

    /// Who answers what. No page of any site is a publisher: whoever looks at one has not asked to announce.
    func routes(beside plane: ControlPlane<LogChanges>, log logger: Logger) -> Routes {
        let catalogue = plane.routes(
            claiming: [
                .put { request, name in .json(try await claim(GroupName(name), request)) },
                .delete { request, name in
                    try await leases.release(GroupName(name), lease: try lease(request))
                    return .json("{}")
                },
            ],
            announcing: [.post { request, _ in .json(try await announce(request)) }])
        let ownState = [
            Route(.health, .get { _, _ in .json("{\"status\":\"alive\"}") }),
            Route(.ready, .get { _, _ in await readiness() }),
            Route(.metrics, .get { _, _ in await metrics.answer() }),
        ]
        return Routes(of: "a broker", catalogue + ownState, log: logger)
    }

    private func readiness() async -> HTTPResponse {
        do {
            // Any key does: the log shows that it can be read.
            _ = try await log.entry(of: "/")
            return .json("{\"status\":\"ready\"}")
        } catch {
            return .json(status: 503, "{\"status\":\"the log cannot be read\"}")
        }
    }

    private func claim(_ name: GroupName, _ request: HTTPRequest) async throws(Refusal) -> Lease {
        let body = try await collect(request, upTo: 64 * 1024)
        return try await leases.claim(name, try Self.decode(Claim.self, from: body))
    }

    // MARK: Announcements

    private func announce(_ request: HTTPRequest) async throws(Refusal) -> Acknowledgement {
        let lease = try lease(request)
        // Before the upload is read: who has no lease shall not use our memory.
        _ = try leases.record(ofLease: lease)
        if let size = request.headers["Content-Length"].flatMap({ Int($0) }), size > Self.largestUpload {
            throw Self.tooLarge(Self.largestUpload)
        }
        let body = try await collect(request, upTo: Self.largestUpload)
        defer { largeWork.note(bytes: body.count) }
        let changes = try await read(body)
        let revisions = try await leases.announce(changes, lease: lease)
        acceptedChanges.add(changes.count)
        return Acknowledgement(epoch: log.epoch, revisions: revisions)
    }

    /// On a thread that may take long, and for as long as somebody waits for it.
    private func read(_ body: [UInt8]) async throws(Refusal) -> [Change] {
        do {
            return try await pool.run(asLongAs: { isWanted in try Self.changes(in: body, isWanted).get() })
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(503, "nobody waits for this any more")
        }
    }

    private static func changes(
        in body: [UInt8], _ isWanted: @escaping @Sendable () -> Bool
    ) -> Result<[Change], Refusal> {
        Result { () throws(Refusal) -> [Change] in
            let announcements = try decode(Announcements.self, from: body, .batch, isWanted).changes
            guard announcements.count <= Announcements.limit else {
                throw Refusal(
                    413,
                    "\(announcements.count) changes are too many for one batch: send at most "
                        + "\(Announcements.limit) at a time")
            }
            var changes: [Change] = []
            changes.reserveCapacity(announcements.count)
            for announcement in announcements {
                guard isWanted() else { throw Refusal(503, "nobody waits for this any more") }
                switch announcement {
                case .put(let dataset):
                    try dataset.check()
                    changes.append(.put(dataset))
                case .delete(let path): changes.append(.delete(path))
                }
            }
            return changes
        }
    }

    // MARK: Parts of requests

    private func lease(_ request: HTTPRequest) throws(Refusal) -> String {
        guard let lease = request.headers[ProtocolHeader.lease] else {
            throw Refusal(403, "the header '\(ProtocolHeader.lease)' with the lease is missing: claim the group first")
        }
        return lease
    }

    private func collect(_ request: HTTPRequest, upTo limit: Int) async throws(Refusal) -> [UInt8] {
        do {
            return try await request.body.collect(upTo: limit)
        } catch {
            switch error.code {
            case .tooLarge: throw Self.tooLarge(limit)
            case .busy: throw Refusal(503, error.message)
            default: throw Refusal(400, "the request's body ended too early")
            }
        }
    }

    private static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(413, "the request's body has more than \(limit) bytes: send less at a time")
    }

    private static func decode<T: Decodable>(
        _ type: T.Type, from body: [UInt8], _ limits: JSONLimits = .message,
        _ isWanted: @escaping @Sendable () -> Bool = { true }
    ) throws(Refusal) -> T {
        do {
            return try WireJSON.decode(type, from: body, limits, isCancelled: { !isWanted() })
        } catch {
            throw Refusal(400, "the request's body is not what is expected: \(WireJSON.describe(error))")
        }
    }
}
