import BrokerService
import Catalogue
import Digests
import Testing

/// What a follower makes of the lines that it receives.
struct Replica: Sendable {
    private(set) var lines: [String: [UInt8]] = [:]
    private(set) var revision: Revision = 0
    /// Revisions, in the order of arrival.
    private(set) var order: [Revision] = []

    mutating func apply(_ entry: LogEntry) { apply(entry.revision, entry.key, entry.kind == .delete, entry.line) }

    mutating func apply(_ line: [UInt8]) throws {
        guard case .change(let revision, let change) = try FeedLine(line: line) else { return }
        if case .delete = change {
            apply(revision, change.key, true, line)
        } else {
            apply(revision, change.key, false, line)
        }
    }

    private mutating func apply(_ revision: Revision, _ key: String, _ isDeletion: Bool, _ line: [UInt8]) {
        lines[key] = isDeletion ? nil : line
        order.append(revision)
        self.revision = revision
    }

    var digests: [String: Digest] {
        var states: [String: StateDigest] = [:]
        for (key, line) in lines {
            states[String(key.prefix { $0 != "/" }), default: StateDigest()].insert(line: line)
        }
        return states.mapValues(\.digest)
    }
}

extension Replica {
    /// What a bookmark says must be what the lines before it made.
    func check(_ digests: [String: Digest], at revision: Revision, _ location: SourceLocation = #_sourceLocation) {
        #expect(self.digests == digests, sourceLocation: location)
        #expect(self.revision == revision, sourceLocation: location)
    }
}
