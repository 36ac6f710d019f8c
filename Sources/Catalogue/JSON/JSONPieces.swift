/// Takes arrays and objects of JSON apart into the texts of what is in them; whether these are good JSON is not looked at.
enum JSONPieces {
    /// What is in an array that our own encoder has written.
    static func elements(of text: [UInt8]) -> [ArraySlice<UInt8>] {
        pieces(of: text, open: UInt8(ascii: "["), close: UInt8(ascii: "]")) ?? []
    }

    /// The names, quoted, and the values of an object; `nil` for what is none.
    static func members(of text: [UInt8]) -> [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)]? {
        guard let pieces = pieces(of: text, open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) else { return nil }
        var members: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
        members.reserveCapacity(pieces.count)
        for piece in pieces {
            guard let colon = end(ofStringAtStartOf: piece), colon < piece.endIndex, piece[colon] == UInt8(ascii: ":")
            else { return nil }
            members.append((piece[..<colon], piece[(colon + 1)...]))
        }
        return members
    }

    /// An array of such texts.
    static func array(_ elements: [ArraySlice<UInt8>]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "[")]
        for element in elements {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text += element
        }
        return text + [UInt8(ascii: "]")]
    }

    /// Where the colon behind a member's name is, if that is a string.
    private static func end(ofStringAtStartOf piece: ArraySlice<UInt8>) -> Int? {
        guard var index = piece.firstIndex(where: { !isSpace($0) }), piece[index] == UInt8(ascii: "\"") else {
            return nil
        }
        index += 1
        while index < piece.endIndex, piece[index] != UInt8(ascii: "\"") {
            index += piece[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
        while index < piece.endIndex, isSpace(piece[index]) { index += 1 }
        return index
    }

    /// The texts between the commas of the outermost level.
    private static func pieces(of text: [UInt8], open: UInt8, close: UInt8) -> [ArraySlice<UInt8>]? {
        guard let first = text.firstIndex(where: { !isSpace($0) }), text[first] == open,
            let last = text.lastIndex(where: { !isSpace($0) }), last > first, text[last] == close
        else { return nil }
        var pieces: [ArraySlice<UInt8>] = []
        var start = first + 1, index = start, depth = 0
        while index < last {
            switch text[index] {
            case UInt8(ascii: "\""):
                index += 1
                while index < last, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                pieces.append(text[start..<index])
                start = index + 1
            default: break
            }
            if depth < 0 { return nil }
            index += 1
        }
        guard index == last, depth == 0 else { return nil }
        let rest = text[start..<last]
        if !pieces.isEmpty || !rest.allSatisfy(isSpace) { pieces.append(rest) }
        return pieces
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...10).contains(byte) || byte == 13 }
}
