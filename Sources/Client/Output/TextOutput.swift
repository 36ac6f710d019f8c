internal import Platform

/// Where a command prints: standard output, or a test.
protocol TextOutput: Sendable {
    func print(_ text: String) throws
    /// Bytes that are no text.
    func write(_ bytes: SharedBytes) throws
    func flush() throws
    var isTerminal: Bool { get }
    /// Of the terminal.
    var columns: Int? { get }
}

extension StandardOutput: TextOutput {}
