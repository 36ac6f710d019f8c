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
        var isFirst = true
    }

    init(_ form: ListingForm, spoolFolder: String, spools: ByteBudget) {
        self.form = form
        parts = Locked(Parts(spool: Spool(folder: spoolFolder, budget: spools, isCompressed: form.isCompressed)))
    }

    func add(_ entries: [LogEntry]) throws {
        try parts.withLock { parts in
            for entry in entries {
                if form.question.isLines {
                    try parts.spool.append(entry.line)
                    try parts.spool.append(Self.lineEnd)
                } else if entry.kind == .put {
                    try parts.spool.append(Array((parts.isFirst ? "{" : ",\n").utf8))
                    try parts.spool.append(Array((JSONString.quoted(entry.key) + ":").utf8))
                    try parts.spool.append(entry.value)
                    parts.isFirst = false
                }
            }
        }
    }

    /// Ends the text with what only the end knows.
    func finish(_ state: LogState) throws -> (HTTPResponse.Body, ByteBudget.Claim?) {
        try parts.withLock { parts in
            if form.question.isLines {
                try parts.spool.append(state.seen(below: form.question.part.prefixes).bookmark + Self.lineEnd)
            } else {
                try parts.spool.append(Array((parts.isFirst ? "{}\n" : "}\n").utf8))
            }
            return try parts.spool.finish()
        }
    }

    private static let lineEnd: [UInt8] = [UInt8(ascii: "\n")]
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
