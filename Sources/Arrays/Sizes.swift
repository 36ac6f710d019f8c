internal import Platform

extension [Int] {
    /// The product.
    package var itemCount: Int { saturatingProduct }

    /// Nil when an `Int` does not hold the product, even that of the sizes other than 0.
    package var checkedProduct: Int? {
        var product = 1
        for size in self where size > 0 {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            product = next
        }
        return contains(0) ? 0 : product
    }

    /// From an item to the next along each dimension, in C order.
    package var strides: [Int] {
        var strides = [Int](repeating: 1, count: count)
        for axis in indices.dropLast().reversed() { strides[axis] = strides[axis + 1] &* Swift.max(self[axis + 1], 1) }
        return strides
    }
}
