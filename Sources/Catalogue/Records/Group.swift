/// What the catalogue says of a group: who publishes it, and where its data can be had.
public struct Group: Codable, Hashable, Sendable {
    public var name: String
    /// The public identity of the publisher: a digest of the secret that only it knows.
    public var publisher: String
    /// Bases of the URLs of its data plane, without a slash at the end, the best first.
    public var urls: [String]
    /// Free text by which readers are told groups apart, `public` unless the publisher says otherwise.
    public var `class`: String
    /// Whether the publisher's lease is alive.
    public var online: Bool
    /// When `online` last changed, seconds since 1970.
    public var since: Double
    /// Grows whenever the group's publisher has compared all that it has with the catalogue and said what differed; `nil`
    /// before it has done so, and with publishers and brokers that do not tell.
    public var announced: UInt64?
    /// True while the publisher is there, and its folder, or a part of it, is not: nothing of it has been withdrawn.
    public var away: Bool?
    /// By which a publisher is told from one with a copy of its state.
    public var instance: String?

    public init(
        name: String, publisher: String, urls: [String], class: String, online: Bool, since: Double,
        announced: UInt64? = nil, away: Bool? = nil, instance: String? = nil
    ) {
        self.name = name
        self.publisher = publisher
        self.urls = urls
        self.class = `class`
        self.online = online
        self.since = since
        self.announced = announced
        self.away = away
        self.instance = instance
    }
}
