internal import Digests

/// The position of a change in the catalogue's total order; zero is before the first.
public typealias Revision = UInt64

/// The identity of an order of changes: 128 random bits as 32 hexadecimal digits, new when a log starts anew.
public struct Epoch: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) }) else {
            return nil
        }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }

    public static func random() -> Epoch { Epoch(unchecked: SecureRandom.hexadecimal(bytes: 16)) }

    public var description: String { text }
}

extension Epoch: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let epoch = Epoch(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "an epoch is 32 hexadecimal digits"))
        }
        self = epoch
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A place in the catalogue's order: all up to there is known.
public struct CataloguePosition: Hashable, Sendable {
    public var epoch: Epoch
    public var revision: Revision

    public init(epoch: Epoch, revision: Revision) {
        self.epoch = epoch
        self.revision = revision
    }
}
