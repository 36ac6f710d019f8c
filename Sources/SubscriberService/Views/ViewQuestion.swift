import Arrays
import HTTP
import Wire

/// What `/api/view/{path}` is asked for: a part of an array, how many points it may have, and what each is to show.
struct ViewQuestion: Sendable {
    let slice: SliceExpression
    let field: String?
    let reduction: Reduction
    /// Points along each dimension of the answer.
    let limits: [Int]

    /// - Throws: ``Refusal``; `ArrayError` for what is no slice.
    init(_ request: HTTPRequest) throws {
        slice = try request.parameter("slice_").map { try SliceExpression(parsing: $0) } ?? .all
        field = request.parameter("field").flatMap { $0.isEmpty ? nil : $0 }
        let name = request.parameter("reduce") ?? Reduction.stride.rawValue
        guard let reduction = Reduction(rawValue: name) else {
            let all = Reduction.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(400, "reduce is one of \(all), not '\(name)'")
        }
        self.reduction = reduction
        limits =
            try request.parameter("pixels").map { text in
                try text.split(separator: ",").map { part in
                    guard let limit = Int(part), limit > 0 else {
                        throw Refusal(400, "pixels are numbers above 0, separated by commas, not '\(text)'")
                    }
                    return limit
                }
            } ?? []
    }

    /// The slice of an array of this shape, and the grid that reduces it.
    func grid(of shape: [Int]) throws -> (ResolvedSlice, ReductionGrid) {
        let resolved = try slice.resolved(for: shape.map(Int64.init))
        guard resolved.axes.allSatisfy({ $0.step == 1 }) else {
            throw Refusal(400, "the slice of a view has no steps: pixels say how many points it may have")
        }
        return (resolved, ReductionGrid(shape: resolved.shape, limits: limits))
    }
}

extension ResolvedSlice {
    /// The part of it that a grid's items in `ranges` are, or, with steps, the first of each.
    func part(_ ranges: [Range<Int>], steps: [Int]? = nil) -> SliceExpression {
        var dimension = 0
        return SliceExpression(
            axes.map { axis in
                if axis.dropsDimension { return .index(axis.start) }
                defer { dimension += 1 }
                let range = ranges[dimension]
                return .range(
                    start: axis.start + range.lowerBound, stop: axis.start + range.upperBound,
                    step: steps?[dimension] ?? 1)
            })
    }
}
