import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// Writes a listing, page by page.
final class ListingText: Sendable {
    private let form: ListingForm
    private let parts: Locked<Parts>

    private struct Parts {
        var spool: Spool
        var writer: ListingWriter
    }

    init(_ form: ListingForm, spoolFolder: String, spools: ByteBudget) {
        self.form = form
        parts = Locked(
            Parts(
                spool: Spool(folder: spoolFolder, budget: spools, isCompressed: form.isCompressed),
                writer: ListingWriter(isLines: form.question.isLines)))
    }

    func add(_ entries: [LogEntry]) throws {
        try parts.withLock { parts in
            for entry in entries where form.question.isLines || entry.kind == .put {
                var text: [UInt8] = []
                parts.writer.append(entry.line, of: entry.key, to: &text)
                try parts.spool.append(text)
            }
        }
    }

    /// Ends the text with what only the end knows.
    func finish(_ state: LogState) throws -> (HTTPResponse.Body, ByteBudget.Claim?) {
        try parts.withLock { parts in
            var text: [UInt8] = []
            parts.writer.finish(state.seen(below: form.question.part.prefixes).bookmark, to: &text)
            try parts.spool.append(text)
            return try parts.spool.finish()
        }
    }
}

extension LogState {
    /// The state without the groups that a watcher of the prefixes does not see.
    func seen(below prefixes: [String]) -> LogState {
        if prefixes.isEmpty { return self }
        var state = self
        state.digests = digests.filter { group, _ in prefixes.contains { Change.concerns(key: group, prefix: $0) } }
        return state
    }
}
