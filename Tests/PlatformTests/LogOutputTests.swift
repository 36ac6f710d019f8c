import Glibc
import Platform
import TestSupport
import Testing

/// A log whose readers rest, go, or have no room.
@Suite(.patient) struct LogOutputTests {
    private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    /// All that a descriptor has until the other end is closed, or until `isEnough`.
    private static func read(
        _ descriptor: Int32, until isEnough: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        try await TestPython.blocking {
            var all: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 16)
            while !isEnough(String(decoding: all, as: UTF8.self)) {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                guard count > 0 else { break }
                all += buffer[..<count]
            }
            return String(decoding: all, as: UTF8.self)
        }
    }

    @Test(arguments: ["pipe", "socket"])
    func whatNobodyReadsHoldsUpNobodyAndIsToldAfterwards(kind: String) async throws {
        var ends: [Int32] = [-1, -1]
        let code = kind == "pipe" ? pipe(&ends) : socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        try #require(code == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer {
            close(reading)
            close(writing)
        }
        let log = LogOutput(descriptor: writing)
        // Far more than the kernel and the log keep. That this ends is the point: nobody reads.
        let count = 5000, text = String(repeating: "x", count: 200)
        for number in 0..<count { log.write("\(number) \(text)\n") }
        let notice = "lines were left out"
        let all = try await Self.read(reading) { $0.contains(notice) && $0.hasSuffix("\n") }
        let told = try #require(Self.lines(all).first { $0.contains(notice) })
        let dropped = try #require(told.split(separator: " ").dropFirst(3).first.flatMap { Int($0) })
        let whole = Self.lines(all).filter { $0.hasSuffix(text) }
        #expect(whole.count + dropped == count, "\(told)")
        // In order, and none in pieces.
        #expect(whole.enumerated().allSatisfy { $0.element.hasPrefix("\($0.offset) ") })
        log.write("after\n")
        let rest = try await Self.read(reading) { $0.hasSuffix("after\n") }
        #expect(rest.hasSuffix("after\n"))
    }

    @Test func aReaderThatIsGoneAndADiskThatIsFullCostTheLinesAndNothingElse() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        for descriptor in [ends[1], full, -1] {
            let log = LogOutput(descriptor: descriptor)
            for number in 0..<1000 { log.write("\(number)\n") }
            log.finish()
        }
    }

    @Test func aFileHasItsLinesAtOnce() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/log"
            try FileSystem.writeAtomically(path, Array("before\n".utf8))
            let file = open(path, O_WRONLY | O_APPEND)
            defer { close(file) }
            let log = LogOutput(descriptor: file)
            log.write("one\n")
            log.write("two\n")
            #expect(try FileSystem.readAll(path, limit: 100) == Array("before\none\ntwo\n".utf8))
        }
    }
}
