internal import CSystem
internal import Glibc
internal import Synchronization

/// Where log lines go: standard error, without anybody having to wait for whoever reads it.
///
/// A line that can be written is written at once. When the reader rests, lines are kept, up to ``limit`` bytes, and a thread
/// hands them on when it reads again; what does not fit is counted, and the count is told. A reader that is gone, or a disk
/// that is full, costs the lines and nothing else.
package final class LogOutput: Sendable {
    package static let shared = LogOutput(descriptor: 2)

    package static let limit = 256 << 10
    /// What the kernel takes as a whole, or not at all.
    private static let atomic = Int(PIPE_BUF)

    private struct State {
        var waiting: [UInt8] = []
        /// Lines that wait, and how many of those that were lost are told by what waits.
        var lines = 0, told = 0
        var dropped = 0
        /// A thread hands on what waits.
        var isDraining = false

        /// A line that says how many were lost, if any.
        var notice: [UInt8] {
            guard dropped > 0 else { return [] }
            let text = "\(dropped) lines were left out: nobody read them, or there was no room"
            return Array("\(Timestamp.now) warning log: \(text)\n".utf8)
        }

        mutating func takeNotice() {
            waiting += notice
            told += dropped
            dropped = 0
        }

        mutating func lose() {
            dropped += lines + told
            (waiting, lines, told) = ([], 0, 0)
        }

        /// - Returns: whether a thread has to begin.
        mutating func take(_ line: String, _ sink: Sink) -> Bool {
            if isDraining {
                guard waiting.count + line.utf8.count <= LogOutput.limit else {
                    dropped += 1
                    return false
                }
                // In the order in which things were: the count before what can be kept again.
                takeNotice()
                waiting += line.utf8
                lines += 1
                return false
            }
            takeNotice()
            waiting += line.utf8
            lines += 1
            step(sink, most: .max)
            isDraining = !waiting.isEmpty
            return isDraining
        }

        /// Writes some of what waits.
        @discardableResult mutating func step(_ sink: Sink, most: Int) -> Sink.Result {
            var piece = waiting.prefix(most)
            let length = piece.count
            let result = sink.put(&piece)
            waiting.removeFirst(length - piece.count)
            if result == .lost { lose() }
            if waiting.isEmpty { (lines, told) = (0, 0) }
            return result
        }
    }

    private let sink: Sink
    private let state = Locked(State())

    package init(descriptor: Int32) { sink = Sink(descriptor) }

    /// Takes a line with its end; returns at once.
    package func write(_ line: String) {
        if state.withLock({ $0.take(line, sink) }) { startThread(name: "log") { [self] in drain() } }
    }

    /// Hands on what waits, for a moment: the last thing a program does. By looking, 20 times: whoever reads the log may have
    /// stopped, and then nothing comes that could be waited for.
    package func finish() {
        for _ in 0..<20 where state.withLock({ $0.isDraining }) { usleep(10_000) }
    }

    private func drain() {
        while true {
            sink.waitUntilWritable()
            let goesOn = state.withLock { state in
                // In pieces, so that those who log need not wait for long.
                let result = state.step(sink, most: Self.atomic)
                // What was lost is told with the next line that can be written; what did not fit, now.
                if result != .lost, state.waiting.isEmpty { state.takeNotice() }
                state.isDraining = !state.waiting.isEmpty
                return state.isDraining
            }
            if !goesOn { return }
        }
    }
}

/// A descriptor that is written to without waiting.
private struct Sink: Sendable {
    enum Result { case done, later, lost }
    private enum Kind { case socket, nonblocking, pollable, file }

    private let descriptor: Int32
    private let kind: Kind

    init(_ descriptor: Int32) {
        var info = stat()
        let type = fstat(descriptor, &info) == 0 ? info.st_mode & S_IFMT : S_IFREG
        switch type {
        case S_IFSOCK: (self.descriptor, kind) = (descriptor, .socket)
        case S_IFIFO, S_IFCHR:
            // A pipe's or terminal's descriptor is shared with others, who may want to wait: ours is another one.
            let own = csystem_open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0)
            (self.descriptor, kind) = own >= 0 ? (own, .nonblocking) : (descriptor, .pollable)
        default: (self.descriptor, kind) = (descriptor, .file)
        }
    }

    /// Writes as much of `bytes` as goes without waiting, and takes it off.
    func put(_ bytes: inout ArraySlice<UInt8>) -> Result {
        while !bytes.isEmpty {
            if kind == .pollable, !isWritable(0) { return .later }
            let count = bytes.withUnsafeBytes { buffer -> Int in
                kind == .socket
                    ? Int(csystem_write_without_waiting(descriptor, buffer.baseAddress, buffer.count))
                    : Glibc.write(descriptor, buffer.baseAddress, min(buffer.count, limit))
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return errno == EAGAIN || errno == EWOULDBLOCK ? .later : .lost }
            bytes = bytes.dropFirst(count)
        }
        return .done
    }

    /// What a descriptor that is said to be writable takes without waiting.
    private var limit: Int { kind == .pollable ? Int(PIPE_BUF) : .max }

    func waitUntilWritable() { _ = isWritable(-1) }

    private func isWritable(_ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = poll(&entry, 1, milliseconds)
            if count < 0 && errno == EINTR { continue }
            return count > 0
        }
    }
}
