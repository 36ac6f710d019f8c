import Glibc
import Platform

/// A command line that is not understood.
struct UsageError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Says `text` on standard error and ends the program.
func end(_ text: String, status: Int32) -> Never {
    let bytes = SharedBytes(text)
    bytes.withBytes { span in
        span.withUnsafeBytes { _ = Glibc.write(2, $0.baseAddress, $0.count) }
    }
    exit(status)
}
