import Arrays

/// Which items of an array are asked for, and which part of each.
struct SliceQuestion: Sendable {
    enum Part: Sendable {
        case slice(SliceExpression)
        case indices(IndexExpression)
    }

    var part: Part
    /// Of a structured type.
    var field: String?

    /// What it means for an array; `nil` when it is the array as it is.
    func selection(of geometry: ArrayGeometry, isArray: Bool) throws(ArrayError) -> Selection? {
        switch part {
        case .slice(let expression):
            let shape = geometry.shape.map(Int64.init)
            let slice = try expression.resolved(for: shape)
            return field == nil && slice.isWhole(of: shape) ? nil : Selection(slice, of: geometry)
        case .indices(let expression):
            guard isArray else {
                throw ArrayError(.invalidRequest, "this is not an array but a frame of items: take a slice")
            }
            return try Selection(expression, of: geometry)
        }
    }
}
