internal import Platform

extension ArrayValues {
    /// Lists in lists: numbers, text and booleans as JSON has them; complex numbers as pairs, structures as objects, dates
    /// in ISO 8601, durations as counts of their unit, what is not a number or time as null.
    ///
    /// - Throws: when the type is not understood.
    public func json() throws(ArrayError) -> String {
        var text = ""
        try JSONWriter(bytes: ItemBytes(bytes: bytes)).write(.array(itemType(), shape: shape), at: 0, to: &text)
        return text
    }

    private struct JSONWriter {
        let bytes: ItemBytes

        func write(_ type: ItemType, at place: Int, to text: inout String) {
            switch type {
            case .scalar(let scalar): write(scalar, at: place, to: &text)
            case .array(let element, let shape): write(element, shape[...], at: place, to: &text)
            case .structure(let fields, _):
                text += "{"
                for (index, field) in fields.enumerated() {
                    if index > 0 { text += "," }
                    JSONString.quote(field.name, to: &text)
                    text += ":"
                    write(field.type, at: place + field.offset, to: &text)
                }
                text += "}"
            }
        }

        private func write(_ element: ItemType, _ shape: ArraySlice<Int>, at place: Int, to text: inout String) {
            guard let count = shape.first else {
                write(element, at: place, to: &text)
                return
            }
            let inner = shape.dropFirst()
            let step = element.size * Array(inner).itemCount
            text += "["
            for index in 0..<count {
                if index > 0 { text += "," }
                write(element, inner, at: place + index * step, to: &text)
            }
            text += "]"
        }

        private func write(_ type: ScalarType, at place: Int, to text: inout String) {
            let big = type.isBigEndian
            switch (type.kind, type.size) {
            case (.bool, _): text += bytes.raw(place, 1) == [0] ? "false" : "true"
            case (.integer, _): text += String(bytes.signed(place, type))
            case (.unsigned, _): text += String(bytes.unsigned(place, type))
            case (.float, 2): text += number(bytes.half(place, big))
            case (.float, 4): text += number(bytes.single(place, big))
            case (.float, 8): text += number(bytes.double(place, big))
            case (.complex, 8): text += "[\(number(bytes.single(place, big))),\(number(bytes.single(place + 4, big)))]"
            case (.complex, 16): text += "[\(number(bytes.double(place, big))),\(number(bytes.double(place + 8, big)))]"
            case (.bytes, _):
                JSONString.quote(String(decoding: bytes.bytes(place, type), as: UTF8.self), to: &text)
            case (.text, _): JSONString.quote(ScalarText.plain(bytes.text(place, type)), to: &text)
            case (.date, _), (.duration, _): writeTime(type, bytes.signed(place, type), to: &text)
            case (.opaque, _), (.float, _), (.complex, _):
                JSONString.quote(Base64.encode(bytes.raw(place, type.size)), to: &text)
            }
        }

        private func writeTime(_ type: ScalarType, _ count: Int64, to text: inout String) {
            if count == DateText.notATime {
                text += "null"
            } else if type.kind == .date {
                JSONString.quote(DateText(unit: type.unit).date(count), to: &text)
            } else {
                text += String(count)
            }
        }

        private func number<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) -> String {
            value.isFinite ? FloatText.text(value) : "null"
        }
    }
}
