internal import CSystem
internal import Glibc
internal import Synchronization

/// The reader of standard output has gone: nothing more to do, and no error.
public struct OutputClosed: Error, Sendable { public init() {} }

/// Standard output through one buffer; written when that is full, at ``flush()`` and at the program's end.
public final class StandardOutput: Sendable {
    public static let shared = StandardOutput(descriptor: 1)

    private static let capacity = 32 * 1024
    private let descriptor: Int32
    private let buffer = Locked<[UInt8]>([])

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Adds text as it is.
    ///
    /// - Throws: ``OutputClosed`` when the reader has gone, otherwise ``SystemError``.
    public func print(_ text: String) throws {
        let full = buffer.withLock { buffer -> [UInt8] in
            buffer += text.utf8
            return buffer.count >= Self.capacity ? Self.take(&buffer) : []
        }
        try write(full)
    }

    /// Tells what a service has to tell whoever has started it, who may not listen: that ends nothing, and is told `log`.
    public func announce(_ line: String, _ log: Logger) {
        do {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, 1000) > 0 else { throw SystemError("write to standard output", code: EAGAIN) }
            try print(line + "\n")
            try flush()
        } catch {
            _ = buffer.withLock { Self.take(&$0) }
            log.warning("cannot say on standard output: \(line)", ["reason": "\(error)"])
        }
    }

    /// Adds bytes that are no text.
    public func write(_ bytes: SharedBytes) throws {
        try flush()
        var rest = bytes.array[...]
        while !rest.isEmpty {
            try write(Array(rest.prefix(1 << 20)))
            rest = rest.dropFirst(1 << 20)
        }
    }

    /// Writes what is waiting.
    public func flush() throws { try write(buffer.withLock { Self.take(&$0) }) }

    /// Whether somebody looks at it, rather than a file or another program.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// The columns of the terminal, `nil` when there is none.
    public var columns: Int? {
        let columns = Int(csystem_terminal_columns(descriptor))
        return columns > 0 ? columns : nil
    }

    private static func take(_ buffer: inout [UInt8]) -> [UInt8] {
        defer { buffer = [] }
        return buffer
    }

    private func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if put < 0 && errno == EINTR { continue }
            if put < 0 && errno == EPIPE { throw OutputClosed() }
            if put < 0 { throw SystemError("write to standard output") }
            done += put
        }
    }
}
