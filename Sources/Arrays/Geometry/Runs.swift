extension Range<Int> {
    /// Cut where two neighbours are not alike.
    @inlinable package func runs(_ areAlike: (Int, Int) -> Bool) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = lowerBound
        for index in self where index + 1 == upperBound || !areAlike(index, index + 1) {
            runs.append(start..<(index + 1))
            start = index + 1
        }
        return runs
    }
}

extension [Range<Int>] {
    /// Ascending, with those that touch in one.
    package var merged: [Range<Int>] {
        var result: [Range<Int>] = []
        let isAscending = zip(self, dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound }
        for range in isAscending ? self : sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound >= range.lowerBound {
                result[result.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
