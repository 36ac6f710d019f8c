/// Structured log lines on standard error.
///
///     2026-11-25T10:00:00.123Z info publisher: published path=foo/a.b2nd bytes=1024
public struct Logger: Sendable {
    public enum Level: Int, Comparable, CaseIterable, Sendable {
        case debug, info, warning, error
        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
        public init?(_ name: String) {
            guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = level
        }
    }
    public enum Format: String, Sendable { case text, json }

    public let component: String
    public let level: Level
    public let format: Format

    public init(_ component: String, level: Level = .info, format: Format = .text) {
        self.component = component
        self.level = level
        self.format = format
    }

    public func debug(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, Any> = [:]
    ) {
        write(.debug, message, fields)
    }
    public func info(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, Any> = [:]
    ) {
        write(.info, message, fields)
    }
    public func warning(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, Any> = [:]
    ) { write(.warning, message, fields) }
    public func error(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, Any> = [:]
    ) {
        write(.error, message, fields)
    }

    private func write(_ level: Level, _ message: () -> String, _ fields: () -> KeyValuePairs<String, Any>) {
        guard level >= self.level else { return }
        LogOutput.shared.write(line(level, message(), fields()) + "\n")
    }

    /// Without its end.
    func line(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, Any>) -> String {
        format == .json ? json(level, message, fields) : text(level, message, fields)
    }

    private func text(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, Any>) -> String {
        var line = "\(Self.timestamp()) \(level) \(component): \(Self.escaped(message))"
        for (name, value) in fields {
            let value = "\(value)"
            let plain =
                !value.isEmpty
                && value.unicodeScalars.allSatisfy {
                    $0 != " " && $0 != "\"" && !PrintableText.isControl($0)
                }
            line += " \(name)=" + (plain ? value : "\"\(Self.escaped(value))\"")
        }
        return line
    }

    private func json(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, Any>) -> String {
        var line = "{\"time\":\"\(Self.timestamp())\",\"level\":\"\(level)\",\"component\":\"\(component)\""
        line += ",\"message\":\"\(Self.escaped(message))\""
        for (name, value) in fields { line += ",\"\(Self.escaped(name))\":\"\(Self.escaped("\(value)"))\"" }
        return line + "}"
    }

    /// Escapes as JSON does: a name with a line break must not forge a log line, nor one with other controls a terminal.
    private static func escaped(_ text: String) -> String {
        var result = ""
        JSONString.escape(text, to: &result)
        return result
    }

    private static func timestamp() -> String { Timestamp.now.description }
}
