/// Room for the answer that is being made by this task.
public enum AnswerRoom {
    @TaskLocal static var exchange: ServerExchange?

    /// To be called before an answer of so many bytes is made in memory, where they are known: waits a little for room, which is
    /// held until the answer is sent or its connection is gone. Asked for again, the largest counts.
    ///
    /// Small answers need none; outside of a request it does nothing.
    ///
    /// - Throws: ``HTTPError/Code/busy`` when too much is held by answers that are not sent.
    public static func reserve(_ bytes: Int) async throws(HTTPError) {
        guard bytes >= ByteBudget.small, let exchange else { return }
        try await exchange.reserve(bytes)
    }
}
