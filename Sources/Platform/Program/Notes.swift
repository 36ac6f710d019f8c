internal import Glibc

/// Lines on standard error that are not the log's: what a program without a log has to say beside its result.
public enum Notes {
    /// One line, whatever is in the message.
    public static func tell(_ message: String) {
        var line = PrintableText.escaped(message) + "\n"
        line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    }
}
