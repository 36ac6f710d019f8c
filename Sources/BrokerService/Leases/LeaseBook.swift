import Catalogue
import Digests
import Platform

/// Who holds which group, and until when. Knows no clock and no log: both are told to it.
struct LeaseBook: Sendable {
    typealias Instant = SteadyInstant

    /// What the log says of a group.
    struct Record: Sendable {
        let group: Group
        let revision: Revision
    }

    private struct Holding {
        /// `nil` for a group that was online when the broker started: nobody has shown itself yet.
        let token: String?
        let publisher: String
        var deadline: Instant
        /// What its publisher should know.
        var warning: String?
    }

    private var records: [String: Record] = [:]
    private var holdings: [String: Holding] = [:]
    private var groupOfToken: [String: String] = [:]

    var groups: [Group] {
        records.values.map(\.group).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The record of exactly this name.
    func record(of name: String) -> Record? {
        records[name].flatMap { $0.group.name.utf8.elementsEqual(name.utf8) ? $0 : nil }
    }

    /// A group whose name is spelled with other bytes and looks the same: "é" can be one scalar or two.
    func lookalike(of name: String) -> String? {
        records[name].flatMap { $0.group.name.utf8.elementsEqual(name.utf8) ? nil : $0.group.name }
    }

    var groupCount: Int { records.count }

    /// The log has a new line of a group, or an old one that was loaded late.
    mutating func note(_ group: Group, at revision: Revision) {
        if let known = records[group.name], known.revision >= revision { return }
        records[group.name] = Record(group: group, revision: revision)
    }

    /// Gives groups that are online though nobody holds them a last chance.
    mutating func startGrace(until deadline: Instant) {
        for (name, record) in records where record.group.online && holdings[name] == nil {
            holdings[name] = Holding(token: nil, publisher: record.group.publisher, deadline: deadline)
        }
    }

    /// A new lease, or more time for that which the publisher has.
    mutating func grant(_ name: String, to publisher: String, now: Instant, until deadline: Instant) -> String {
        if var holding = holdings[name], holding.publisher == publisher, holding.deadline > now,
            let token = holding.token
        {
            holding.deadline = deadline
            holdings[name] = holding
            return token
        }
        end(name)
        let token = SecureRandom.hexadecimal(bytes: 16)
        holdings[name] = Holding(token: token, publisher: publisher, deadline: deadline)
        groupOfToken[token] = name
        return token
    }

    mutating func warn(_ name: String, _ text: String) { holdings[name]?.warning = text }
    func warning(of name: String) -> String? { holdings[name]?.warning }

    /// The group that a lease stands for, while it is alive.
    func record(ofLease token: String, now: Instant) -> Record? {
        guard let name = groupOfToken[token], let holding = holdings[name], holding.deadline > now else { return nil }
        return records[name]
    }

    mutating func end(_ name: String) {
        if let token = holdings.removeValue(forKey: name)?.token { groupOfToken[token] = nil }
    }

    func hasExpired(_ name: String, now: Instant) -> Bool { holdings[name].map { $0.deadline <= now } ?? false }

    func expired(now: Instant) -> [String] { holdings.filter { $0.value.deadline <= now }.map(\.key) }

    mutating func postpone(_ name: String, until deadline: Instant) { holdings[name]?.deadline = deadline }

    var nextDeadline: Instant? { holdings.values.map(\.deadline).min() }

    /// After the broker itself was asleep: renewals could not reach it.
    mutating func extendAll(to deadline: Instant) {
        for name in holdings.keys { holdings[name]?.deadline = deadline }
    }
}
