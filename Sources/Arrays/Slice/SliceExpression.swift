/// What part of an array is asked for, in NumPy's words: `0:10, 1`, `-1`, `::2`, `..., 5`; nothing means all of it.
public struct SliceExpression: Sendable, Hashable {
    public enum Component: Sendable, Hashable {
        /// One position, whose dimension is dropped; from the end when negative.
        case index(Int)
        case range(start: Int?, stop: Int?, step: Int)
        /// `...`: as many whole dimensions as are missing.
        case ellipsis
    }

    public let components: [Component]

    /// All of an array.
    public static let all = SliceExpression([])

    public init(_ components: [Component]) { self.components = components }

    /// Which positions of an array of this shape are meant.
    ///
    /// - Throws: in NumPy's words, when an index is out of bounds or there are more than the array has dimensions.
    public func resolved(for shape: [Int64]) throws(ArrayError) -> ResolvedSlice {
        guard components.count(where: { $0 == .ellipsis }) < 2 else {
            throw ArrayError(.invalidRequest, "an index can only have a single ellipsis ('...')")
        }
        let given = components.count(where: { $0 != .ellipsis })
        guard given <= shape.count else { throw .tooManyIndices(given, for: shape.count) }
        var axes: [ResolvedSlice.Axis] = []
        for component in components + (given == components.count ? [.ellipsis] : []) {
            if component == .ellipsis {
                for _ in given..<shape.count { axes.append(.whole(Int(shape[axes.count]))) }
            } else {
                axes.append(try component.axis(axes.count, size: Int(shape[axes.count])))
            }
        }
        return ResolvedSlice(axes: axes)
    }
}

extension SliceExpression: CustomStringConvertible {
    /// As it can be parsed again.
    public var description: String { components.map(\.description).joined(separator: ", ") }
}

extension SliceExpression.Component: CustomStringConvertible {
    public var description: String {
        switch self {
        case .index(let position): "\(position)"
        case .range(let start, let stop, let step):
            "\(start.map { "\($0)" } ?? ""):\(stop.map { "\($0)" } ?? "")" + (step == 1 ? "" : ":\(step)")
        case .ellipsis: "..."
        }
    }

    /// The positions on an axis that has `size`; of an ellipsis, all.
    func axis(_ axis: Int, size: Int) throws(ArrayError) -> ResolvedSlice.Axis {
        switch self {
        case .ellipsis: return .whole(size)
        case .index(let position):
            let start = try Self.position(position, axis: axis, size: size)
            return ResolvedSlice.Axis(start: start, count: 1, step: 1, dropsDimension: true)
        case .range(let start, let stop, let step): return Self.range(start, stop, step, size)
        }
    }

    /// From the start, when it is counted from the end.
    static func position(_ position: Int, axis: Int, size: Int) throws(ArrayError) -> Int {
        guard position < size, position >= -size else {
            throw ArrayError(.invalidRequest, "index \(position) is out of bounds for axis \(axis) with size \(size)")
        }
        return position < 0 ? position + size : position
    }

    /// Python's rules: bounds beyond the ends mean the ends.
    private static func range(_ start: Int?, _ stop: Int?, _ step: Int, _ size: Int) -> ResolvedSlice.Axis {
        // Going down, the stop that leaves nothing out is the one before position 0.
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? size : size - 1
        func bound(_ value: Int) -> Int { min(max(value < 0 ? value + size : value, lowest), highest) }
        let from = start.map(bound) ?? (step > 0 ? lowest : highest)
        let to = stop.map(bound) ?? (step > 0 ? highest : lowest)
        let distance = step > 0 ? to - from : from - to
        guard distance > 0 else { return ResolvedSlice.Axis(start: 0, count: 0, step: 1, dropsDimension: false) }
        let count = (distance - 1) / Int(clamping: step.magnitude) + 1
        return ResolvedSlice.Axis(start: from, count: count, step: count == 1 ? 1 : step, dropsDimension: false)
    }
}

extension ArrayError {
    static func tooManyIndices(_ count: Int, for dimensions: Int) -> ArrayError {
        ArrayError(
            .invalidRequest,
            "too many indices for array: array is \(dimensions)-dimensional, but \(count) were indexed")
    }
}
