import Glibc
import Platform

/// Turns that a test gives to a thread that waits for them.
final class Turns: Sendable {
    private let pipe: (reading: Int32, writing: Int32)

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(Glibc.pipe(&ends) == 0, "there are descriptors left")
        pipe = (ends[0], ends[1])
    }

    deinit {
        close(pipe.reading)
        close(pipe.writing)
    }

    func give() {
        var byte: UInt8 = 1
        precondition(write(pipe.writing, &byte, 1) == 1, "a pipe takes some bytes")
    }

    /// Waits for a turn; false when there have been none for long.
    func take() -> Bool {
        var entry = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 60_000) > 0 else { return false }
        var byte: UInt8 = 0
        return read(pipe.reading, &byte, 1) == 1
    }
}
