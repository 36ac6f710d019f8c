/// Counts through the combinations of several digits, the last one fastest.
struct Odometer {
    private let counts: [Int]
    private(set) var digits: [Int]
    private var isStarted = false

    init(_ counts: [Int]) {
        self.counts = counts
        digits = [Int](repeating: 0, count: counts.count)
    }

    /// Whether there is a combination that was not there yet; of no digits there is one.
    mutating func advance() -> Bool {
        guard isStarted else {
            isStarted = true
            return !counts.contains(0)
        }
        var place = counts.count - 1
        while place >= 0 {
            digits[place] += 1
            if digits[place] < counts[place] { return true }
            digits[place] = 0
            place -= 1
        }
        return false
    }
}
