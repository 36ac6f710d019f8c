import Catalogue

/// A group, and for how long nothing has been heard of its publisher.
struct GroupStatus: Encodable, Sendable {
    let group: Group
    /// Seconds: of the broker, who tells when a publisher goes; while the publisher is offline, since it went. `nil` before
    /// the broker was heard of.
    let lag: Double?

    init(_ group: Group, _ broker: BrokerStatus.Snapshot, now: Double) {
        self.group = group
        let silence = broker.lag(now: now)
        lag = group.online ? silence : silence.map { max($0, now - group.since) }
    }

    private enum CodingKeys: CodingKey { case lag }

    /// As the group, with one key more.
    func encode(to encoder: any Encoder) throws {
        try group.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(lag, forKey: .lag)
    }
}
