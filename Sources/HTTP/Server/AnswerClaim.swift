internal import Platform
internal import Synchronization

/// What the answer to a request holds of the budget for answers, from before it is made until it is sent.
struct AnswerClaim: ~Copyable, Sendable {
    private let budget: ByteBudget
    private let claim = Locked<ByteBudget.Claim?>(nil)

    init(of budget: ByteBudget) { self.budget = budget }

    /// What is held now.
    var held: ByteBudget.Claim? { claim.withLock { $0 } }

    /// See ``AnswerRoom/reserve(_:)``.
    func reserve(_ bytes: Int) async throws(HTTPError) {
        let known = held
        if let known, known.bytes >= min(bytes, budget.total) { return }
        let more = try await budget.claim(bytes - (known?.bytes ?? 0))
        guard let known else { return claim.withLock { $0 = more } }
        known.take(over: more)
    }

    /// The answer, counted among those that are to be sent; or a refusal, when these hold too much already.
    func take(_ response: HTTPResponse) async -> HTTPResponse {
        let size = max(response.body.memory, response.streamed)
        if let given = response.claim {
            claim.withLock { $0 = given }
            return response
        }
        guard size >= ByteBudget.small else { return response }
        if let reserved = held {
            reserved.resize(to: size)
            return response
        }
        do {
            try await reserve(size)
            return response
        } catch {
            guard case .busy = error.code else { return response }
            var refusal = HTTPResponse.refusal(503, error.message)
            refusal.headers["Retry-After"] = "2"
            return refusal
        }
    }
}
