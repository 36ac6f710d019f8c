internal import Platform

/// An array as text, byte for byte as NumPy's `str` writes it: aligned, and only the ends of every dimension when there
/// are many items.
public struct ArrayText {
    /// How many items are all written.
    static let threshold = 1000
    /// How many items are shown at each end of a dimension that is abbreviated.
    static let edge = 3
    private static let lineWidth = 75

    private let shape: [Int]
    /// Of what is in memory: of an abbreviated dimension perhaps the ends only.
    private let storedShape: [Int]
    private let type: ItemType
    private let bytes: ItemBytes
    private let isAbbreviated: Bool

    /// - Parameter isFull: whether to write every item, however many there are.
    /// - Throws: when the type is not understood.
    public init(_ values: ArrayValues, isFull: Bool = false) throws(ArrayError) {
        shape = values.shape
        storedShape = values.shape
        type = try values.itemType()
        bytes = ItemBytes(bytes: values.bytes)
        isAbbreviated = !isFull && values.shape.itemCount > Self.threshold
    }

    /// - Parameters:
    ///   - ends: what ``IndexExpression/ends(of:)`` named.
    ///   - shape: of all that is written about.
    public init(ends: ArrayValues, of shape: [Int]) throws(ArrayError) {
        let fits = zip(ends.shape, shape).allSatisfy { $0 == $1 || ($0 == 2 * Self.edge && $1 > $0) }
        guard ends.shape.count == shape.count, fits, let count = shape.checkedProduct, count > Self.threshold else {
            throw ArrayError(.invalidRequest, "an array of shape \(ends.shape) is not the ends of one of \(shape)")
        }
        self.shape = shape
        storedShape = ends.shape
        type = try ends.itemType()
        bytes = ItemBytes(bytes: ends.bytes)
        isAbbreviated = true
    }

    public var text: String {
        guard !shape.isEmpty else { return ScalarText.text(type, bytes, at: 0) }
        guard !shape.contains(0) else { return "[]" }
        let format = ItemFormat(type, bytes, places: shownPlaces(), isAlone: false)
        return Layout(self, format).text(0, at: 0, indent: " ", width: Self.lineWidth)
    }

    private func isCut(_ axis: Int) -> Bool { isAbbreviated && shape[axis] > 2 * Self.edge }

    /// The positions of an axis that are shown, in what is stored.
    private func shown(_ axis: Int) -> [Int] {
        let count = storedShape[axis]
        return isCut(axis) ? Array(0..<Self.edge) + Array((count - Self.edge)..<count) : Array(0..<count)
    }

    private func shownPlaces() -> [Int] {
        let strides = storedShape.strides
        var places = [0]
        for axis in shape.indices {
            let offsets = shown(axis).map { $0 * strides[axis] * type.size }
            places = places.flatMap { place in offsets.map { place + $0 } }
        }
        return places
    }

    /// Puts the items of an array into lines and brackets.
    private struct Layout {
        private let array: ArrayText
        private let strides: [Int]
        private let format: ItemFormat

        init(_ array: ArrayText, _ format: ItemFormat) {
            self.array = array
            self.format = format
            strides = array.storedShape.strides.map { $0 * array.type.size }
        }

        /// - Parameters:
        ///   - indent: of the lines behind the first.
        ///   - width: of a line.
        func text(_ axis: Int, at place: Int, indent: String, width: Int) -> String {
            guard axis < array.shape.count else { return format.text(place) }
            let positions = array.shown(axis).map { place + $0 * strides[axis] }
            let cut = array.isCut(axis) ? ArrayText.edge : nil
            let isLast = axis == array.shape.count - 1
            let inner = isLast ? row(positions, cut, indent, width) : rows(axis, positions, cut, indent, width)
            return "[" + inner + "]"
        }

        private func row(_ places: [Int], _ cut: Int?, _ indent: String, _ width: Int) -> String {
            var lines = Lines(indent: indent, width: width - 1)
            for (index, place) in places.enumerated() {
                if index == cut { lines.append("...", isFollowed: true) }
                lines.append(format.text(place), isFollowed: index + 1 < places.count)
            }
            return lines.text
        }

        private func rows(_ axis: Int, _ places: [Int], _ cut: Int?, _ indent: String, _ width: Int) -> String {
            var parts: [String] = []
            for (index, place) in places.enumerated() {
                if index == cut { parts.append("...") }
                parts.append(text(axis + 1, at: place, indent: indent + " ", width: width - 1))
            }
            let separator = String(repeating: "\n", count: array.shape.count - axis - 1)
            return parts.joined(separator: separator + indent)
        }
    }

    /// Words in lines of a width.
    private struct Lines {
        let indent: String
        let width: Int
        private var finished = ""
        private var line: String
        private var lineCount: Int

        init(indent: String, width: Int) {
            self.indent = indent
            self.width = width
            line = indent
            lineCount = indent.utf8.count
        }

        mutating func append(_ word: String, isFollowed: Bool) {
            let count = word.unicodeScalars.count
            // A word that is too long for any line stays where it is.
            if lineCount + count > width && lineCount > indent.utf8.count {
                while line.last == " " { line.removeLast() }
                finished += line + "\n"
                line = indent
                lineCount = indent.utf8.count
            }
            line += word + (isFollowed ? " " : "")
            lineCount += count + (isFollowed ? 1 : 0)
        }

        /// Without the indent of the first line.
        var text: String { String((finished + line).dropFirst(indent.utf8.count)) }
    }
}

extension ArrayValues {
    /// What the bytes mean; of a frame that is no array, bytes.
    func itemType() throws(ArrayError) -> ItemType {
        guard let dtype else { return .scalar(ScalarType(parsing: "|V\(itemSize)") ?? .byte) }
        guard let type = ItemType(parsing: dtype), type.size == itemSize else {
            throw ArrayError(.unsupported, "values of type \(dtype.prefix(100)) cannot be shown; ask for them raw")
        }
        return type
    }
}
