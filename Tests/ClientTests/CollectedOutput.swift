import Platform
import Synchronization

@testable import Client

/// What a command prints, kept for a look.
final class CollectedOutput: TextOutput {
    private let content = Locked("")
    let isTerminal: Bool
    let columns: Int?

    init(columns: Int? = nil) {
        isTerminal = columns != nil
        self.columns = columns
    }

    func print(_ text: String) { content.withLock { $0 += text } }
    func write(_ bytes: SharedBytes) { print(String(decoding: bytes.array, as: UTF8.self)) }
    func flush() {}
    var text: String { content.withLock { $0 } }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
    /// Without the lines on how far a download is, of which a slow machine prints some.
    var results: [String] { lines.filter { !$0.hasSuffix(" left") } }
}
