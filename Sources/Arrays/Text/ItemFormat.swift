internal import Platform

/// Writes items of one type as NumPy does those of an array: all of them in the same width, where it aligns them.
struct ItemFormat {
    /// The text of the item at a place.
    let text: (_ place: Int) -> String

    private typealias Number = BinaryFloatingPoint & CustomStringConvertible

    /// - Parameters:
    ///   - places: of the items that are shown, which decide about the width.
    ///   - isAlone: whether it is one item and no array: then numbers have the digits that they need, and no more.
    ///   - isInList: whether it is in an array within that item.
    init(_ type: ItemType, _ bytes: ItemBytes, places: [Int], isAlone: Bool, isInList: Bool = false) {
        switch type {
        case .scalar(let scalar): self = Self.scalar(scalar, bytes, places, isAlone, isInList)
        case .structure(let fields, _): self = Self.structure(fields, bytes, places, isAlone, isInList)
        case .array(let element, let shape):
            let inner = Self.places(in: places, element, shape)
            let format = ItemFormat(element, bytes, places: inner, isAlone: isAlone, isInList: true)
            self.init { Self.list(from: $0, shape[...], element.size, isLong: shape.itemCount > 1000, format) }
        }
    }

    private init(text: @escaping (Int) -> String) { self.text = text }

    private static func places(in places: [Int], _ element: ItemType, _ shape: [Int]) -> [Int] {
        places.flatMap { place in (0..<shape.itemCount).map { place + $0 * element.size } }
    }

    private static func list(
        from place: Int, _ shape: ArraySlice<Int>, _ size: Int, isLong: Bool, _ format: ItemFormat
    ) -> String {
        guard let count = shape.first else { return format.text(place) }
        let inner = shape.dropFirst()
        let step = inner.saturatingProduct *| size
        func part(_ indices: Range<Int>) -> [String] {
            indices.map { list(from: place + $0 * step, inner, size, isLong: isLong, format) }
        }
        let parts =
            isLong && count > 6 ? part(0..<3) + ["..."] + part((count - 3)..<count) : part(0..<count)
        return "[\(parts.joined(separator: ", "))]"
    }

    private static func structure(
        _ fields: [ItemType.Field], _ bytes: ItemBytes, _ places: [Int], _ isAlone: Bool, _ isInList: Bool
    ) -> ItemFormat {
        let formats = fields.map { field in
            let inner = places.map { $0 + field.offset }
            return (
                field.offset, ItemFormat(field.type, bytes, places: inner, isAlone: isAlone, isInList: isInList)
            )
        }
        return ItemFormat { place in
            let parts = formats.map { offset, format in format.text(place + offset) }
            return parts.count == 1 ? "(\(parts[0]),)" : "(\(parts.joined(separator: ", ")))"
        }
    }

    private static func scalar(
        _ type: ScalarType, _ bytes: ItemBytes, _ places: [Int], _ isAlone: Bool, _ isInList: Bool
    ) -> ItemFormat {
        switch (type.kind, type.size) {
        case (.bool, _):
            let yes = isAlone && !isInList ? "True" : " True"
            return ItemFormat { bytes.raw($0, 1) == [0] ? "False" : yes }
        case (.integer, _): return aligned(places) { String(bytes.signed($0, type)) }
        case (.unsigned, _): return aligned(places) { String(bytes.unsigned($0, type)) }
        case (.float, 2): return numbers(places, isAlone, 1e3) { bytes.half($0, type.isBigEndian) }
        case (.float, 4): return numbers(places, isAlone, 1e6) { bytes.single($0, type.isBigEndian) }
        case (.float, 8): return numbers(places, isAlone, 1e8) { bytes.double($0, type.isBigEndian) }
        case (.complex, 8): return complex(places, 4, 1e6) { bytes.single($0, type.isBigEndian) }
        case (.complex, 16): return complex(places, 8, 1e8) { bytes.double($0, type.isBigEndian) }
        case (.bytes, _): return ItemFormat { PythonText.bytes(bytes.bytes($0, type)) }
        case (.text, _): return ItemFormat { PythonText.text(bytes.text($0, type)) }
        case (.date, _), (.duration, _): return times(type, bytes, places)
        case (.opaque, _), (.float, _), (.complex, _):
            return ItemFormat { place in ScalarText.hex(bytes.raw(place, type.size)) }
        }
    }

    private static func aligned(_ places: [Int], _ text: @escaping (Int) -> String) -> ItemFormat {
        let width = places.reduce(0) { max($0, text($1).utf8.count) }
        return ItemFormat { text($0).leftPadded(to: width) }
    }

    private static func numbers<Value: Number>(
        _ places: [Int], _ isAlone: Bool, _ largest: Value, _ value: @escaping (Int) -> Value
    ) -> ItemFormat {
        guard !isAlone else { return ItemFormat { FloatText.text(value($0)) } }
        let format = FloatFormat(places.map(value), largest: largest)
        return ItemFormat { format.text(value($0)) }
    }

    private static func complex<Value: Number>(
        _ places: [Int], _ size: Int, _ largest: Value, _ value: @escaping (Int) -> Value
    ) -> ItemFormat {
        let real = FloatFormat(places.map(value), largest: largest)
        let imaginary = FloatFormat(places.map { value($0 + size) }, largest: largest, hasPlus: true)
        return ItemFormat { place in
            let text = imaginary.text(value(place + size))
            let padding = text.reversed().prefix { $0 == " " }.count
            return real.text(value(place)) + text.dropLast(padding) + "j" + String(repeating: " ", count: padding)
        }
    }

    /// Dates stand in quotes, durations are counts; as wide as the earliest and the latest.
    private static func times(_ type: ScalarType, _ bytes: ItemBytes, _ places: [Int]) -> ItemFormat {
        let dates = DateText(unit: type.unit)
        func text(_ count: Int64) -> String { type.kind == .date ? "'\(dates.date(count))'" : String(count) }
        let counts = places.map { bytes.signed($0, type) }
        let known = counts.filter { $0 != DateText.notATime }
        var width = [known.min(), known.max()].compactMap { $0 }.map { text($0).utf8.count }.max() ?? 0
        if known.count < counts.count { width = max(width, 5) }
        return ItemFormat { place in
            let count = bytes.signed(place, type)
            return (count == DateText.notATime ? "'NaT'" : text(count)).leftPadded(to: width)
        }
    }
}
