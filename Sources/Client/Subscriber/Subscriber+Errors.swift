internal import Catalogue
internal import HTTP

extension Subscriber {
    /// What to say when there is no answer.
    func failure(_ error: HTTPError) -> any Error {
        switch error.code {
        case .cancelled: return CancellationError()
        case .cannotConnect:
            return ClientError(
                .unreachable,
                "cannot reach the subscriber at \(url): \(Self.reason(error)); is bpubsub-subscriber running? "
                    + "--subscriber or BPUBSUB_SUBSCRIBER names another one")
        case .timeout, .peerClosed:
            return ClientError(
                .unreachable, "the subscriber at \(url) does not answer: \(Self.reason(error)); try again")
        case .redirected, .accessDenied:
            return ClientError(.refused, "no answer from the subscriber at \(url): \(Self.reason(error))")
        default:
            return ClientError(.badAnswer, "no good answer from \(url): \(Self.reason(error)); is that a subscriber?")
        }
    }

    /// What to say when the answer is no.
    ///
    /// - Parameter text: the status in words, with what is known of who answers.
    func refusal(_ status: Int, _ body: [UInt8], as text: String? = nil) -> ClientError {
        // Not lost: a body that is no refusal of ours says by that where it comes from.
        guard let refusal = try? Refusal(encoded: body),
            refusal.detail != nil || refusal.errors != nil
        else {
            let guess =
                switch status {
                case 403: "does a server or proxy before it refuse this?"
                case 502, 503, 504: "can a server or proxy before it not reach it?"
                default: "is it one?"
                }
            return ClientError(
                .badAnswer, "\(url) answered with \(text ?? "status \(status)") and not as a subscriber does; \(guess)")
        }
        guard let errors = refusal.errors?.members, !errors.isEmpty else {
            return ClientError(status == 404 ? .notFound : .refused, refusal.detail ?? "status \(status)")
        }
        let lines = errors.map { name, problem in
            Self.describe(name.text, problem.reason, suggestions: problem.suggestions ?? [])
        }
        return ClientError(.notFound, lines.joined(separator: "; "))
    }

    /// One name that does not exist, and what might have been meant.
    static func describe(_ name: String, _ reason: String, suggestions: [String]) -> String {
        let hint =
            suggestions.isEmpty
            ? "'bpubsub list' shows what there is" : "did you mean \(suggestions.joined(separator: " or "))?"
        return "\(name): \(reason); \(hint)"
    }

    /// The error without the request, which the user did not make.
    private static func reason(_ error: HTTPError) -> String {
        if error.message.contains("Couldn't connect") || error.message.contains("Connection refused") {
            // Whose connection, where the environment names a proxy.
            let through = error.message.firstRange(of: "; it was asked through").map { error.message[$0.lowerBound...] }
            return "connection refused\(through ?? "")"
        }
        guard let range = error.message.firstRange(of: ": ") else { return error.message }
        return String(error.message[range.upperBound...])
    }
}
