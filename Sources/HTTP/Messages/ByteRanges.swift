/// What a `Range` header asks for, of a body of known length (RFC 9110, section 14).
public enum ByteRanges: Sendable, Hashable {
    /// There is no header, or one that must be ignored: another unit, or malformed.
    case whole
    /// No range has a byte in common with the body.
    case unsatisfiable
    /// More than ``limit``: all of the body would be an answer of which much more comes than was asked for.
    case tooMany
    /// Sorted, not empty; ranges that overlap or touch are one.
    case ranges([Range<Int64>])

    /// More ranges than that in one header are an attack or a mistake.
    public static let limit = 256

    /// - Parameter length: Of the whole body.
    public init(_ header: String?, length: Int64) {
        guard let header, let asked = Self.parse(header) else {
            self = .whole
            return
        }
        guard asked.count <= Self.limit else {
            self = .tooMany
            return
        }
        // The last bytes of nothing are nothing, which is all there is.
        if length == 0, asked.contains(where: { if case .last(1...) = $0 { true } else { false } }) {
            self = .whole
            return
        }
        let found = asked.compactMap { $0.resolved(length) }.sorted { $0.lowerBound < $1.lowerBound }
        self = found.isEmpty ? .unsatisfiable : .ranges(Self.merged(found))
    }

    private enum Asked {
        case from(Int64, through: Int64)
        case last(Int64)

        func resolved(_ length: Int64) -> Range<Int64>? {
            switch self {
            case .from(let first, let last): first < length ? first..<min(last, length - 1) + 1 : nil
            case .last(let count): count > 0 && length > 0 ? max(0, length - count)..<length : nil
            }
        }
    }

    // Bytes, because finding the boundaries of characters would take most of the time of a small answer.
    private typealias Bytes = Substring.UTF8View

    /// `nil` when the header is not one that can be honoured; of too many, the first ones.
    private static func parse(_ header: String) -> [Asked]? {
        let bytes = header[...].utf8
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")),
            String(Substring(trimmed(bytes[..<equals]))).lowercased() == "bytes"
        else { return nil }
        var result: [Asked] = []
        for part in bytes[bytes.index(after: equals)...].split(separator: UInt8(ascii: ",")) {
            let part = trimmed(part)
            // Empty elements of a list are allowed, and mean nothing.
            if part.isEmpty { continue }
            guard let asked = range(part) else { return nil }
            result.append(asked)
            // What follows them may be what it likes.
            if result.count > limit { break }
        }
        return result.isEmpty ? nil : result
    }

    private static func range(_ text: Bytes) -> Asked? {
        guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let first = text[..<dash], last = text[text.index(after: dash)...]
        switch (first.isEmpty, last.isEmpty) {
        case (true, true): return nil
        case (true, false): return number(last).map { .last($0) }
        case (false, true): return number(first).map { .from($0, through: .max) }
        case (false, false):
            guard let first = number(first), let last = number(last), first <= last else { return nil }
            return .from(first, through: last)
        }
    }

    /// Digits only; what does not fit is as good as the greatest number.
    private static func number(_ text: Bytes) -> Int64? {
        guard text.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        return Int64(Substring(text)) ?? .max
    }

    private static func merged(_ sorted: [Range<Int64>]) -> [Range<Int64>] {
        var result: [Range<Int64>] = []
        for range in sorted {
            if let previous = result.last, range.lowerBound <= previous.upperBound {
                result[result.count - 1] = previous.lowerBound..<max(previous.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    private static func trimmed(_ text: Bytes) -> Bytes {
        func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = text.drop { isBlank($0) }
        while isBlank(rest.last) { rest.removeLast() }
        return rest
    }
}
