internal import Platform

/// How many columns of a terminal a text takes.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 128 }) { return text.utf8.count }
        return text.saturatingSum { width($0) }
    }

    /// What is seen as one character: a letter with its marks, or several emoji that joiners make one.
    private static func width(_ character: Character) -> Int {
        var width = 0
        for scalar in character.unicodeScalars {
            // Asks for the picture of what is also a letter.
            if scalar.value == 0xFE0F, width == 1 { return 2 }
            width = max(width, self.width(scalar))
        }
        return width
    }

    /// East Asian characters and emoji take two; marks, joiners and other signs that only change their neighbours none.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if isWide(scalar.value) || scalar.properties.isEmojiPresentation { return 2 }
        if (0x1160...0x11FF).contains(scalar.value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control, .lineSeparator, .paragraphSeparator: return 0
        // The soft hyphen is shown.
        case .format: return scalar.value == 0xAD ? 1 : 0
        default: return 1
        }
    }

    /// Of Unicode's East Asian Width, what is W or F, but for the emoji, which have a property of their own.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x3029, 0x302E...0x303E, 0x3041...0x3098, 0x309B...0x33FF,
            0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
            0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FE3, 0x17000...0x18CFF, 0x18D00...0x18D08,
            0x1AFF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
