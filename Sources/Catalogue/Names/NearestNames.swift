/// Suggestions for a name that does not exist.
public enum NearestNames {
    /// Up to `limit` of `candidates` that differ from `name` by little, the nearest first.
    ///
    /// Cost: the product of the names' lengths for each candidate of similar length; at most 20,000 are looked at.
    public static func of(_ name: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased().utf8.prefix(100))
        let allowed = max(2, wanted.count / 3)
        var found: [(distance: Int, name: String)] = []
        for candidate in candidates.prefix(20_000) {
            let bytes = Array(candidate.lowercased().utf8.prefix(100))
            let tail = Array(bytes.split(separator: UInt8(ascii: "/")).last ?? [])
            let distance = min(editDistance(wanted, bytes, limit: allowed), editDistance(wanted, tail, limit: allowed))
            if distance <= allowed { found.append((distance, candidate)) }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
    }

    /// Levenshtein's distance, or more than `limit` as soon as it must exceed it.
    private static func editDistance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int {
        guard abs(a.count - b.count) <= limit else { return limit + 1 }
        var row = Array(0...b.count)
        for i in 0..<a.count {
            var diagonal = row[0]
            row[0] = i + 1
            for j in 0..<b.count {
                let substitution = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
            }
            if row.allSatisfy({ $0 > limit }) { return limit + 1 }
        }
        return row[b.count]
    }
}
