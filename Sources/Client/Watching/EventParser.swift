/// Server-sent events out of the lines of a stream, as the HTML standard has them.
struct EventParser: Sendable {
    struct Event: Hashable, Sendable {
        var name: String
        var data: [UInt8]
    }

    private static let limit = 8 << 20
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false

    /// Takes a line without its end; an empty one ends an event.
    mutating func take(_ line: [UInt8]) throws(ClientError) -> Event? {
        guard let first = line.first else {
            defer { self = EventParser() }
            return hasData ? Event(name: name.isEmpty ? "message" : name, data: data) : nil
        }
        // A comment, which only shows that the line is alive.
        if first == UInt8(ascii: ":") { return nil }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            guard data.count + value.count < Self.limit else {
                throw ClientError(.badAnswer, "an event longer than \(Self.limit) bytes")
            }
            if hasData { data.append(10) }
            data += value
            hasData = true
        default: break
        }
        return nil
    }
}
