/// Which items of an array to gather: for each dimension a list of positions, one position, a range, or all.
///
/// The result is NumPy's. Lists (and single positions beside them) are broadcast together, so that two lists of three
/// name three items, not nine. Their common dimensions come where the first of them stands, or first of all when a range
/// stands between them.
public struct IndexExpression: Sendable, Hashable {
    /// More have to be asked for in batches.
    public static let maximumCoordinates = 1_000_000
    public static let maximumTextLength = 8 << 20

    public enum Entry: Sendable, Hashable {
        case all
        case index(Int)
        case range(start: Int?, stop: Int?, step: Int)
        /// Lists in lists, all of the same length, have more than one dimension.
        case list(shape: [Int], positions: [Int])
    }

    /// Dimensions without an entry are taken whole.
    public let entries: [Entry]

    public init(_ entries: [Entry]) { self.entries = entries }

    /// The entries as a slice, when there is no list among them.
    var slice: SliceExpression? {
        var components: [SliceExpression.Component] = []
        for entry in entries {
            switch entry {
            case .all: components.append(.range(start: nil, stop: nil, step: 1))
            case .index(let position): components.append(.index(position))
            case .range(let start, let stop, let step): components.append(.range(start: start, stop: stop, step: step))
            case .list: return nil
            }
        }
        return SliceExpression(components)
    }
}

extension IndexExpression {
    /// As it can be parsed again.
    public var json: String { "[\(entries.map(\.json).joined(separator: ","))]" }
}

extension IndexExpression.Entry {
    fileprivate var json: String {
        switch self {
        case .all: "null"
        case .index(let position): "\(position)"
        case .range(let start, let stop, let step):
            "\"\(SliceExpression.Component.range(start: start, stop: stop, step: step))\""
        case .list(let shape, let positions): Self.list(shape[...], positions[...])
        }
    }

    private static func list(_ shape: ArraySlice<Int>, _ positions: ArraySlice<Int>) -> String {
        guard let count = shape.first else { return positions.first.map { "\($0)" } ?? "" }
        let inner = shape.dropFirst()
        let size = Array(inner).itemCount
        let parts = (0..<count).map { index in
            list(inner, positions.dropFirst(index * size).prefix(size))
        }
        return "[\(parts.joined(separator: ","))]"
    }
}
