import Catalogue

/// A group, and for how long nothing has been heard of its publisher.
struct GroupStatus: Encodable, Sendable {
    let group: Group
    /// Seconds: of the broker, who tells when a publisher goes; while the publisher is offline, since it went. `nil` before
    /// the broker was heard of.
    let lag: Double?
    /// For how many seconds what is kept of it has not been known to be current, because the present broker has not been told.
    let stale: Double?

    init(_ group: Group, _ broker: BrokerStatus.Snapshot, _ copy: CatalogueCopy) {
        self.group = group
        stale = copy.keptSeconds(group.name)
        lag = broker.lag.map { max($0, copy.offlineSeconds(group.name, broker) ?? 0) }
    }

    private enum CodingKeys: CodingKey { case lag, stale }

    /// As the group, with one key more.
    func encode(to encoder: any Encoder) throws {
        try group.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(lag, forKey: .lag)
        try container.encodeIfPresent(stale, forKey: .stale)
    }
}
