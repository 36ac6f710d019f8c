/// How much a piece of JSON from outside may be: what it costs is known before anything is made of it.
public struct JSONLimits: Hashable, Sendable {
    /// Its text.
    public var bytes: Int
    /// Of arrays and objects in each other.
    public var depth: Int
    /// Numbers, strings, truth values, nulls, arrays and objects, all together.
    public var values: Int

    public init(bytes: Int, depth: Int, values: Int) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }

    /// User attributes, and what has them in it: libmsgpackc ends at 32.
    static let attributeDepth = 64

    /// A short message: a claim, a refusal, an acknowledgement.
    public static let message = JSONLimits(bytes: 4 << 20, depth: 16, values: 100_000)
    /// A handful of texts, each of which may be long.
    public static let question = JSONLimits(bytes: 16 << 20, depth: 16, values: 1000)
    /// A list of names.
    public static let names = JSONLimits(bytes: 4 << 20, depth: 4, values: 10_001)
    /// A batch of changes: 10,000 with two hundred values each.
    public static let batch = JSONLimits(bytes: 32 << 20, depth: attributeDepth + 4, values: 2_000_000)
    /// A line of the feed; a bookmark has a digest of each group.
    public static let line = JSONLimits(bytes: 64 << 20, depth: attributeDepth + 4, values: 500_000)
    /// What a client is told of a catalogue of a million datasets.
    public static let answer = JSONLimits(bytes: 1 << 30, depth: attributeDepth + 8, values: 100_000_000)
    /// The user attributes of a file.
    public static let attributes = JSONLimits(bytes: 64 << 20, depth: attributeDepth, values: 1_000_000)
}

/// JSON that is more than it may be.
public struct JSONExcess: Error, Hashable, CustomStringConvertible, Sendable {
    public let description: String

    init(_ what: String) { description = what }
}
