/// Strings as Python writes them between quotes.
enum PythonText {
    /// `b'abc\x00'`
    static func bytes(_ bytes: some Collection<UInt8>) -> String {
        let quote = quote(bytes.contains(UInt8(ascii: "'")), bytes.contains(UInt8(ascii: "\"")))
        var text = "b\(quote)"
        for byte in bytes {
            let scalar = Unicode.Scalar(byte)
            if let escape = escape(scalar, quote) {
                text += escape
            } else if (0x20..<0x7f).contains(byte) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "\\x" + hex(UInt32(byte), 2)
            }
        }
        return text + "\(quote)"
    }

    /// `'abc\u2028'`
    static func text(_ codes: [UInt32]) -> String {
        let quote = quote(codes.contains(0x27), codes.contains(0x22))
        var text = "\(quote)"
        for code in codes {
            guard let scalar = Unicode.Scalar(code) else {
                text += "\\u" + hex(code, 4)
                continue
            }
            if let escape = escape(scalar, quote) {
                text += escape
            } else if isPrintable(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text +=
                    code < 0x100 ? "\\x" + hex(code, 2) : code < 0x10000 ? "\\u" + hex(code, 4) : "\\U" + hex(code, 8)
            }
        }
        return text + "\(quote)"
    }

    private static func quote(_ hasSingle: Bool, _ hasDouble: Bool) -> Unicode.Scalar {
        hasSingle && !hasDouble ? "\"" : "'"
    }

    private static func escape(_ scalar: Unicode.Scalar, _ quote: Unicode.Scalar) -> String? {
        switch scalar {
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case quote: "\\\(quote)"
        default: nil
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == " " { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    static func hex(_ value: UInt32, _ digits: Int, uppercase: Bool = false) -> String {
        let text = String(value, radix: 16, uppercase: uppercase)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }
}
