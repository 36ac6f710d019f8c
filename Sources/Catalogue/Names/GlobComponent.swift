/// A component of a glob: stars, `?`, sets and characters, as an automaton whose states are bits, all of which make each step
/// together. So nothing is ever tried twice, and a component takes a step for each character of the name, of one operation
/// for each 64 characters of the pattern.
struct GlobComponent: Sendable {
    private struct CharacterSet {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false
        func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }
    }

    private enum Element {
        case star
        case any
        case set(CharacterSet)
        case scalar(UInt32)
    }

    /// Words that hold a bit for each element, and one for the end.
    private let words: Int
    private let end: Int
    /// The elements that are stars.
    private var stars: [UInt64]
    /// For each character of ASCII, one after the other, the elements that it can be.
    private var ascii: [UInt64]
    /// The elements that any other character can be, and those that this one can be.
    private var others: [UInt64]
    private var known: [UInt32: [Int]] = [:]
    private var sets: [(element: Int, set: CharacterSet)] = []

    init(_ text: Substring) {
        let elements = Self.elements(of: text)
        end = elements.count
        words = elements.count / 64 + 1
        stars = [UInt64](repeating: 0, count: words)
        others = stars
        ascii = [UInt64](repeating: 0, count: 128 * words)
        for (index, element) in elements.enumerated() {
            let word = index / 64, bit = UInt64(1) << UInt64(index % 64)
            switch element {
            case .star: stars[word] |= bit
            case .any:
                others[word] |= bit
                for character in 0..<128 { ascii[character * words + word] |= bit }
            case .set(let set):
                sets.append((index, set))
                for character in 0..<128 where set.contains(UInt32(character)) {
                    ascii[character * words + word] |= bit
                }
            case .scalar(let scalar) where scalar < 128: ascii[Int(scalar) * words + word] |= bit
            case .scalar(let scalar): known[scalar, default: []].append(index)
            }
        }
    }

    private static func elements(of text: Substring) -> [Element] {
        let scalars = text.unicodeScalars.map(\.value)
        var elements: [Element] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case 42:
                // Several are as good as one.
                if case .star? = elements.last {} else { elements.append(.star) }
            case 63: elements.append(.any)
            case 91:
                // Without an end, or with nothing in it, it is the character itself.
                if let close = scalars[(index + 1)...].firstIndex(of: 93), close > index + 1 {
                    elements.append(.set(set(scalars[(index + 1)..<close])))
                    index = close
                } else {
                    elements.append(.scalar(91))
                }
            case let scalar: elements.append(.scalar(scalar))
            }
            index += 1
        }
        return elements
    }

    private static func set(_ scalars: ArraySlice<UInt32>) -> CharacterSet {
        var rest = scalars
        var set = CharacterSet()
        if rest.first == 33 || rest.first == 94 {
            set.isNegated = true
            rest.removeFirst()
        }
        while let first = rest.popFirst() {
            if rest.count >= 2, rest.first == 45 {
                let last = rest[rest.startIndex + 1]
                rest.removeFirst(2)
                if first <= last { set.ranges.append(first...last) }
            } else {
                set.ranges.append(first...first)
            }
        }
        return set
    }

    // MARK: Matching

    /// - Parameter name: UTF-8.
    func matches(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        words == 1 ? matchesShort(name) : matchesLong(name)
    }

    private func matchesShort(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let stars = stars[0]
        var states: UInt64 = 1
        // Behind a star there is no other: one step closes over all of them.
        states |= (states & stars) << 1
        var index = name.startIndex
        while index < name.endIndex {
            var fitting: UInt64
            if name[index] < 128 {
                fitting = ascii[Int(name[index])]
                index += 1
            } else {
                fitting = fits(Self.scalar(name, &index))[0]
            }
            states = (states & fitting) << 1 | states & stars
            states |= (states & stars) << 1
            if states == 0 { return false }
        }
        return states >> UInt64(end) & 1 == 1
    }

    private func matchesLong(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var states = [UInt64](repeating: 0, count: words)
        states[0] = 1
        close(&states)
        var index = name.startIndex
        while index < name.endIndex {
            if name[index] < 128 {
                let first = Int(name[index]) * words
                step(&states, ascii[first..<first + words])
                index += 1
            } else {
                step(&states, fits(Self.scalar(name, &index))[...])
            }
        }
        return states[end / 64] >> UInt64(end % 64) & 1 == 1
    }

    private func step(_ states: inout [UInt64], _ fitting: ArraySlice<UInt64>) {
        var carry: UInt64 = 0
        for word in 0..<words {
            let moved = states[word] & fitting[fitting.startIndex + word]
            states[word] = moved << 1 | carry | states[word] & stars[word]
            carry = moved >> 63
        }
        close(&states)
    }

    private func close(_ states: inout [UInt64]) {
        var carry: UInt64 = 0
        for word in 0..<words {
            let waiting = states[word] & stars[word]
            states[word] |= waiting << 1 | carry
            carry = waiting >> 63
        }
    }

    /// The elements that a character beyond ASCII can be.
    private func fits(_ scalar: UInt32) -> [UInt64] {
        var fitting = others
        for element in known[scalar] ?? [] { fitting[element / 64] |= 1 << UInt64(element % 64) }
        for (element, set) in sets where set.contains(scalar) { fitting[element / 64] |= 1 << UInt64(element % 64) }
        return fitting
    }

    /// The next character of UTF-8 that is known to be right.
    private static func scalar(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ index: inout Int) -> UInt32 {
        let first = bytes[index]
        let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
        var value = UInt32(first) & (0xff >> UInt32(length + 1))
        for place in index + 1..<min(index + length, bytes.endIndex) { value = value << 6 | UInt32(bytes[place] & 63) }
        index = min(index + length, bytes.endIndex)
        return value
    }
}
