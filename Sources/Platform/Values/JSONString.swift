/// Text as JSON has it between quotes, where an encoder would be in the way. Also characters that JSON allows and a terminal
/// obeys are escaped.
package enum JSONString {
    /// With its quotes.
    package static func quoted(_ value: String) -> String {
        var text = ""
        quote(value, to: &text)
        return text
    }

    /// Appends it with its quotes.
    package static func quote(_ value: String, to text: inout String) {
        text += "\""
        escape(value, to: &text)
        text += "\""
    }

    /// Appends what stands between the quotes.
    package static func escape(_ value: String, to text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where PrintableText.isControl(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
