public import Platform

/// A request for a feed, once its head has arrived. Feeds are `GET` requests; a body is not read.
public struct FeedRequest: Sendable {
    public let path: String
    public let query: [(name: String, value: String)]
    public let headers: HTTPHeaders

    public init(path: String, query: [(name: String, value: String)], headers: HTTPHeaders) {
        self.path = path
        self.query = query
        self.headers = headers
    }

    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// What a watcher receives: entries behind `position` whose key passes `filter`.
public struct FeedSubscription: Sendable {
    /// The position of the last entry that the watcher has.
    public var position: UInt64
    /// Keys that the watcher wants; `nil` is all. Entries without a key go to everybody.
    public var filter: (@Sendable (String) -> Bool)?
    /// `application/x-ndjson` or `text/event-stream`.
    public var contentType: String
    /// Sent at once, before any entry.
    public var greeting: SharedBytes?
    /// It gets a ``FeedSource/heartbeat()`` as soon as it has all entries, and not only after a while.
    public var wantsHeartbeat = false

    public init(
        position: UInt64, contentType: String, greeting: SharedBytes? = nil,
        filter: (@Sendable (String) -> Bool)? = nil
    ) {
        self.position = position
        self.contentType = contentType
        self.greeting = greeting
        self.filter = filter
    }
}

/// One entry of a feed, encoded once for all watchers.
public struct FeedEntry: Sendable {
    /// Strictly growing.
    public let position: UInt64
    /// What filters look at.
    public let key: String?
    /// The complete line or event, its line end included.
    public let bytes: SharedBytes

    public init(position: UInt64, key: String?, bytes: SharedBytes) {
        self.position = position
        self.key = key
        self.bytes = bytes
    }
}

/// Entries that are no longer in the feed's memory.
public enum FeedPage: Sendable {
    /// So many entries that pass the watcher's filter, already joined, and the position that they lead to: at most about
    /// 256 KiB. Empty bytes with a grown position mean that nothing in between passed.
    case entries(SharedBytes, count: Int, position: UInt64)
    /// The past no longer reaches there. `farewell` is the last line.
    case gone(farewell: SharedBytes)
}

/// Where a feed gets its watchers' permission and its past from.
public protocol FeedSource: Sendable {
    /// Whether a watcher may have what it asks for; the error is the answer to send instead.
    func open(_ request: FeedRequest) async throws(FeedRefusal) -> FeedSubscription
    /// What came after `position`, for a watcher that is behind the feed's memory.
    func page(after position: UInt64, filter: (@Sendable (String) -> Bool)?) async -> FeedPage
    /// The line that shows that the connection is alive: sent to every watcher that has all entries.
    ///
    /// It is called on the feed's thread and must not block. What it says must not be ahead of what has been published:
    /// a watcher that gets it has exactly the entries of which ``Feed/publish(_:)`` has returned before.
    func heartbeat() -> SharedBytes
    /// The last line to a watcher that reads too slowly; it should say where to resume.
    func farewell(position: UInt64) -> SharedBytes
}

/// A feed request that is answered with an error.
public struct FeedRefusal: Error, Sendable {
    public let status: Int
    public let detail: String
    public init(_ status: Int, _ detail: String) {
        self.status = status
        self.detail = detail
    }
}
