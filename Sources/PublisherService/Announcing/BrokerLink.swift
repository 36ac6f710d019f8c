internal import Catalogue
internal import HTTP
internal import Platform
internal import Wire

/// The publisher's requests to its broker.
struct BrokerLink: Sendable {
    let client: HTTPClient
    /// The base of the broker's URLs.
    let broker: String
    let group: GroupName
    let claim: Claim

    private var publisherURL: String { broker + RoutePath.publisher.of(group.text) }

    /// Claims the group, or renews the claim.
    ///
    /// - Parameters:
    ///   - announced: see ``Claim/announced``.
    ///   - isAway: what is published cannot be seen at the moment.
    func renew(announced: UInt64? = nil, isAway: Bool = false) async throws(BrokerFailure) -> Lease {
        var claim = claim
        claim.announced = announced
        if isAway { claim.away = true }
        let body = SharedBytes(WireJSON.encode(claim))
        let request = HTTPClient.Request(
            method: "PUT", url: publisherURL, headers: ["Content-Type": MediaType.json], body: body,
            totalTimeout: .seconds(5))
        return try decode(Lease.self, try await send(request))
    }

    /// Gives the lease back.
    func release(_ lease: String) async throws(BrokerFailure) {
        _ = try await send(
            HTTPClient.Request(
                method: "DELETE", url: publisherURL, headers: [ProtocolHeader.lease: lease],
                totalTimeout: .milliseconds(500)))
    }

    /// - Parameter changes: ``Announcements`` as JSON.
    func announce(_ changes: SharedBytes, lease: String) async throws(BrokerFailure) -> Acknowledgement {
        let request = HTTPClient.Request(
            method: "POST", url: broker + RoutePath.changes.fixed,
            headers: ["Content-Type": MediaType.json, ProtocolHeader.lease: lease], body: changes,
            idleTimeout: .seconds(60))
        return try decode(Acknowledgement.self, try await send(request))
    }

    /// The feed's lines that made the catalogue of the group.
    func catalogue(onLine: @Sendable @escaping ([UInt8]) throws -> Void) async throws {
        let question = ListingQuestion(CataloguePart(prefixes: [group.text + "/"]))
        let request = HTTPClient.Request(url: broker + question.target, headers: question.headers)
        try await client.lines(
            request,
            onHead: { head in
                guard head.status == 200 else {
                    throw BrokerFailure.confused("the catalogue cannot be read: \(head)")
                }
            },
            onLine: { line in if line.byteCount > 0 { try onLine(SharedBytes(copying: line).array) } })
    }

    private func send(_ request: HTTPClient.Request) async throws(BrokerFailure) -> HTTPClient.Response {
        let response: HTTPClient.Response
        do {
            response = try await client.send(request)
        } catch {
            throw .unreachable(error)
        }
        guard response.isSuccess else { throw BrokerFailure(response) }
        return response
    }

    private func decode<T: Decodable>(
        _ type: T.Type, _ response: HTTPClient.Response
    ) throws(BrokerFailure) -> T {
        do {
            return try WireJSON.decode(type, from: response.body, .message)
        } catch {
            throw .confused("\(broker) does not answer as a broker does: \(WireJSON.describe(error))")
        }
    }
}
