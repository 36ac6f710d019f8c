public import Digests

/// A line of the change feed and of the catalogue's listing, as JSON.
///
///     {"revision":7,"type":"put","dataset":{…}}
///     {"revision":8,"type":"delete","path":"foo/a.b2nd"}
///     {"revision":9,"type":"group","group":{…}}
///     {"revision":9,"type":"bookmark","epoch":"…","digests":{"foo":"…"}}
///     {"revision":9,"type":"end","reason":"…"}
///     {"revision":7,"type":"kept","dataset":{…},"beyond":3,"stale":12.5}
///
/// A bookmark of a sender that is itself not sure to be up to date has `"stale":12.5` too.
///
/// A line is encoded once, where the change is made, and travels as these bytes through every broker and subscriber: the
/// catalogue's digests are taken over them.
public enum FeedLine: Hashable, Sendable {
    case change(Revision, Change)
    /// All that happened up to the revision has been sent; with the digest of each group's state there.
    ///
    /// `stale` is for how many seconds the sender has not known whether there is anything newer; `nil` when it knows.
    case bookmark(Revision, Epoch, digests: [String: Digest], stale: Double? = nil)
    /// The last line of a feed that the sender ends.
    case end(Revision, reason: String)
    /// Of a subscriber's listing, for one that asks for it: a dataset or group that the present log has not told of.
    case kept(Kept)

    /// What a subscriber keeps although the log that it follows has not told of it.
    public struct Kept: Hashable, Sendable {
        /// In the order of before.
        public var revision: Revision
        public var change: Change
        /// It is forgotten when ``Group/announced`` is greater.
        public var beyond: UInt64
        /// For how many seconds it has not been known to be current.
        public var stale: Double

        public init(revision: Revision, change: Change, beyond: UInt64, stale: Double) {
            self.revision = revision
            self.change = change
            self.beyond = beyond
            self.stale = stale
        }
    }
}

extension FeedLine: Codable {
    private enum Key: CodingKey { case revision, type, dataset, path, group, epoch, digests, stale, reason, beyond }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let revision = try container.decode(Revision.self, forKey: .revision)
        switch try container.decode(String.self, forKey: .type) {
        case "put": self = .change(revision, .put(try Self.dataset(container)))
        case "delete": self = .change(revision, .delete(try container.decode(DatasetPath.self, forKey: .path)))
        case "group":
            self = .change(revision, .group(try Self.group(container)))
        case "bookmark":
            self = .bookmark(
                revision, try container.decode(Epoch.self, forKey: .epoch),
                digests: try container.decode([String: Digest].self, forKey: .digests),
                stale: try container.decodeIfPresent(Double.self, forKey: .stale))
        case "kept":
            let change: Change =
                if container.contains(.group) {
                    .group(try Self.group(container))
                } else {
                    .put(try Self.dataset(container))
                }
            self = .kept(
                Kept(
                    revision: revision, change: change, beyond: try container.decode(UInt64.self, forKey: .beyond),
                    stale: try container.decode(Double.self, forKey: .stale)))
        case "end": self = .end(revision, reason: try container.decode(String.self, forKey: .reason))
        case let type:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container, debugDescription: "a line of the unknown type '\(type)'")
        }
    }

    private static func dataset(_ container: KeyedDecodingContainer<Key>) throws -> Dataset {
        try container.decode(Dataset.self, forKey: .dataset)
    }

    private static func group(_ container: KeyedDecodingContainer<Key>) throws -> Group {
        let group = try container.decode(Group.self, forKey: .group)
        _ = try GroupName(group.name)
        return group
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .change(let revision, let change):
            try container.encode(revision, forKey: .revision)
            switch change {
            case .put(let dataset):
                try container.encode("put", forKey: .type)
                try container.encode(dataset, forKey: .dataset)
            case .delete(let path):
                try container.encode("delete", forKey: .type)
                try container.encode(path, forKey: .path)
            case .group(let group):
                try container.encode("group", forKey: .type)
                try container.encode(group, forKey: .group)
            }
        case .bookmark(let revision, let epoch, let digests, let stale):
            try container.encode(revision, forKey: .revision)
            try container.encode("bookmark", forKey: .type)
            try container.encode(epoch, forKey: .epoch)
            try container.encode(digests, forKey: .digests)
            try container.encodeIfPresent(stale, forKey: .stale)
        case .kept(let kept):
            try container.encode(kept.revision, forKey: .revision)
            try container.encode("kept", forKey: .type)
            switch kept.change {
            case .put(let dataset): try container.encode(dataset, forKey: .dataset)
            case .group(let group): try container.encode(group, forKey: .group)
            case .delete: preconditionFailure("what is removed is not kept")
            }
            try container.encode(kept.beyond, forKey: .beyond)
            try container.encode(kept.stale, forKey: .stale)
        case .end(let revision, let reason):
            try container.encode(revision, forKey: .revision)
            try container.encode("end", forKey: .type)
            try container.encode(reason, forKey: .reason)
        }
    }
}

extension FeedLine {
    /// The line's bytes, without the line end.
    public var encoded: [UInt8] { WireJSON.encode(self) }

    public init(line: [UInt8]) throws { self = try WireJSON.decode(FeedLine.self, from: line, .line) }
}

extension FeedLine {
    /// The dataset of a `put` line, as JSON: the bytes between `{"dataset":` and `,"revision":…,"type":"put"}`, where the line
    /// is written like that, without reading it.
    public static func dataset(in line: [UInt8]) -> ArraySlice<UInt8>? {
        let start = Array("{\"dataset\":".utf8), middle = Array(",\"revision\":".utf8)
        let end = Array(",\"type\":\"put\"}".utf8)
        guard line.count > start.count + middle.count + end.count, line.starts(with: start),
            line.suffix(end.count).elementsEqual(end)
        else { return nil }
        var position = line.count - end.count
        while position > 0, line[position - 1] >= 48, line[position - 1] <= 57 { position -= 1 }
        let close = position - middle.count
        guard close > start.count, line[close..<position].elementsEqual(middle) else { return nil }
        return line[start.count..<close]
    }
}
