/// One item alone, as NumPy writes a scalar.
enum ScalarText {
    static func text(_ type: ItemType, _ bytes: ItemBytes, at place: Int) -> String {
        guard case .scalar(let scalar) = type else {
            return ItemFormat(type, bytes, places: [place], isAlone: true).text(place)
        }
        switch (scalar.kind, scalar.size) {
        case (.float, 2): return FloatText.text(bytes.half(place, scalar.isBigEndian))
        case (.float, 4): return FloatText.text(bytes.single(place, scalar.isBigEndian))
        case (.float, 8): return FloatText.text(bytes.double(place, scalar.isBigEndian))
        case (.complex, 8):
            return complex(bytes.single(place, scalar.isBigEndian), bytes.single(place + 4, scalar.isBigEndian))
        case (.complex, 16):
            return complex(bytes.double(place, scalar.isBigEndian), bytes.double(place + 8, scalar.isBigEndian))
        case (.text, _): return plain(bytes.text(place, scalar))
        case (.date, _): return DateText(unit: scalar.unit).date(bytes.signed(place, scalar))
        case (.duration, _): return DateText(unit: scalar.unit).duration(bytes.signed(place, scalar))
        default: return ItemFormat(type, bytes, places: [place], isAlone: true).text(place)
        }
    }

    private static func complex<Value: BinaryFloatingPoint & CustomStringConvertible>(
        _ real: Value, _ imaginary: Value
    ) -> String {
        let text = FloatText.part(imaginary)
        if real == 0 && real.sign == .plus { return text + "j" }
        return "(\(FloatText.part(real))\(text.hasPrefix("-") ? "" : "+")\(text)j)"
    }

    static func plain(_ codes: [UInt32]) -> String {
        var text = ""
        for code in codes { text.unicodeScalars.append(Unicode.Scalar(code) ?? "\u{fffd}") }
        return text
    }

    /// Bytes that mean nothing in particular: `b'\x00\xFF'`.
    static func hex(_ bytes: [UInt8]) -> String {
        "b'" + bytes.map { "\\x" + PythonText.hex(UInt32($0), 2, uppercase: true) }.joined() + "'"
    }
}
