/// How many neighbouring items become one, so that an array fits a screen.
public enum Reduction: String, Sendable, CaseIterable {
    /// The first of them; only that is read.
    case stride
    case mean
    case min
    case max
}

/// Which items become one: so many along each dimension, fewer at its end.
public struct ReductionGrid: Sendable, Hashable {
    /// Of what is reduced.
    public let shape: [Int]
    public let factors: [Int]

    /// - Parameter limits: points that the result may have along each dimension; none where it is missing.
    public init(shape: [Int], limits: [Int]) {
        self.shape = shape
        factors = shape.indices.map { axis in
            let limit = axis < limits.count ? Swift.max(1, limits[axis]) : Int.max
            return Swift.max(1, Self.parts(shape[axis], limit))
        }
    }

    init(shape: [Int], factors: [Int]) {
        self.shape = shape
        self.factors = factors
    }

    /// Of the result.
    public var resultShape: [Int] { zip(shape, factors).map(Self.parts) }

    /// How many times a part fits, the rest counted as one: with no sum that an `Int` may not hold.
    private static func parts(_ whole: Int, _ part: Int) -> Int {
        whole == 0 ? 0 : (whole - 1) / part + 1
    }

    public var isIdentity: Bool { factors.allSatisfy { $0 == 1 } }
}
