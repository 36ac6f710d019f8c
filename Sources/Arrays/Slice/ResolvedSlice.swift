/// The positions of an array that a ``SliceExpression`` means: on every axis so many, from one on, by steps.
public struct ResolvedSlice: Sendable, Hashable {
    /// All positions lie within the axis.
    public struct Axis: Sendable, Hashable {
        public let start: Int
        public let count: Int
        /// Never 0; 1 where there is no second position.
        public let step: Int
        /// Whether it was an index, which the result has no dimension for.
        public let dropsDimension: Bool

        static func whole(_ size: Int) -> Axis { Axis(start: 0, count: size, step: 1, dropsDimension: false) }
    }

    /// One for each dimension of the array.
    public let axes: [Axis]

    /// Of the result.
    public var shape: [Int] { axes.filter { !$0.dropsDimension }.map(\.count) }

    public var itemCount: Int { shape.itemCount }

    /// Whether it is all of an array of this shape, as it is.
    public func isWhole(of shape: [Int64]) -> Bool {
        zip(axes, shape).allSatisfy { $0 == .whole(Int($1)) }
    }
}
