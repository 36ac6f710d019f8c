import FoundationEssentials
import Testing

@testable import Platform

/// What services say of what comes from elsewhere.
@Suite struct LoggerTests {
    /// A line break, an escape of a terminal, C1's way to begin one, and what turns the direction of a line.
    private static let hostile = "a\nb\u{1b}[31m\u{9b}31m\u{202e}\"\\é"

    @Test(arguments: [Logger.Format.text, .json]) func nothingFromElsewhereObeysOrForgesALine(_ format: Logger.Format) {
        let log = Logger("test", level: .info, format: format)
        let line = log.line(.info, Self.hostile, ["name": Self.hostile, "plain": "x\u{202e}y"])
        #expect(!line.unicodeScalars.contains(where: PrintableText.isControl), "\(line)")
        #expect(line.contains("a\\nb\\u001b[31m\\u009b31m\\u202e\\\"\\\\é"), "\(line)")
    }

    @Test func linesOfJSONAreJSON() throws {
        let line = Logger("test", level: .info, format: .json).line(.info, Self.hostile, ["name": Self.hostile])
        let values = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(values["message"] == Self.hostile && values["name"] == Self.hostile)
    }
}
