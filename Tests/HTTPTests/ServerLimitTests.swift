import Glibc
import Platform
import TestSupport
import Testing

@testable import HTTP

/// What connections, slow peers and answers that nobody takes may cost.
@Suite struct ServerLimitTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test func openHeadsLeaveOthersServed() async throws {
        try await withServer {
            $0.connectionLimit = 8
        } handler: { _ in
            .json("{}")
        } _: { port in
            try await blocking {
                let open = try (0..<40).map { _ in try RawClient(port) }
                for client in open { try? client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: ") }
                for _ in 0..<5 { #expect(try RawClient.get(port, "/")?.status == 200) }
            }
        }
    }

    @Test func whoWaitsLongestGivesItsPlaceToTheNext() async throws {
        try await withServer {
            $0.threads = 1
            $0.connectionLimit = 3
        } handler: { _ in
            .json("{}")
        } _: { port in
            try await blocking {
                let clients = try (0..<3).map { _ in try RawClient(port) }
                for client in clients { #expect(try client.exchange(Self.request)?.status == 200) }
                #expect(try RawClient(port).exchange(Self.request)?.status == 200)
                #expect(try clients[0].readAll().isEmpty)
                #expect(try clients[2].exchange(Self.request)?.status == 200)
            }
        }
    }

    /// It may have sent all of its request, which has only not been read yet.
    @Test(arguments: ["", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX-Long: "])
    func whoGivesItsPlaceBeforeItIsAnsweredIsTold(_ beginning: String) async throws {
        try await withServer {
            $0.threads = 1
            $0.connectionLimit = 1
        } handler: { _ in
            .json("{}")
        } _: { port in
            try await blocking {
                let first = try RawClient(port)
                try first.send(beginning)
                #expect(try RawClient(port).exchange(Self.request)?.status == 200)
                let reply = try first.reply()
                #expect(reply?.status == 503 && reply?.isComplete == true)
                #expect(reply?.headers["Retry-After"] != nil)
                #expect(try first.readAll().isEmpty)
            }
        }
    }

    @Test func theAddressWithTheMostConnectionsGivesTheNextItsPlace() async throws {
        try await withServer {
            $0.threads = 1
            $0.connectionLimit = 5
        } handler: { _ in
            .json("{}")
        } _: { port in
            try await blocking {
                // It has waited longest, and is alone.
                let modest = try RawClient(port, host: 2)
                #expect(try modest.exchange(Self.request)?.status == 200)
                let greedy = try (0..<4).map { _ in try RawClient(port) }
                for client in greedy { #expect(try client.exchange(Self.request)?.status == 200) }
                #expect(try RawClient(port, host: 3).exchange(Self.request)?.status == 200)
                #expect(try greedy[0].readAll().isEmpty)
                #expect(try modest.exchange(Self.request)?.status == 200)
            }
        }
    }

    @Test func whoFindsAllPlacesTakenByOthersAtWorkIsTold() async throws {
        let gate = Signal(), begun = Signal()
        try await withServer {
            $0.threads = 1
            $0.connectionLimit = 1
        } handler: { _ in
            begun.send()
            await gate.wait()
            return .json("{}")
        } _: { port in
            let first = try RawClient(port)
            try first.send(Self.request)
            await begun.wait()
            let second = try await blocking { try RawClient(port).exchange(Self.request) }
            #expect(second?.status == 503)
            #expect(second?.headers["Retry-After"] != nil)
            gate.send()
            let reply = try await blocking { try first.reply() }
            #expect(reply?.status == 200)
        }
    }

    @Test func aHeadMustComeInTimeHoweverItDribbles() async throws {
        let clock = ManualClock()
        try await withServer {
            $0.clock = clock
        } handler: { _ in
            .json("{}")
        } _: { port in
            let client = try RawClient(port)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
            try await blocking {
                // Each byte would start another time-out of silence.
                for _ in 0..<10 {
                    // So that bytes come one by one; however long it takes, the server's clock stands still.
                    usleep(20_000)
                    try client.send("a")
                }
            }
            clock.advance(by: .seconds(21))
            let rest = try await blocking { try client.readAll() }
            #expect(rest.isEmpty)
        }
    }

    @Test func anUploadMustComeAtARate() async throws {
        let clock = ManualClock()
        try await withServer {
            $0.clock = clock
        } handler: { request in
            do { return .json("\(try await request.body.collect(upTo: 1 << 20).count)") } catch {
                return .refusal(400, "\(error)")
            }
        } _: { port in
            let slow = try RawClient(port), fast = try RawClient(port)
            let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n"
            try slow.send(head + "a few bytes")
            try fast.send(head)
            try fast.send(zeros: 9000)
            // Both have arrived when a later request on the same thread, or any, has been answered.
            try await blocking { for _ in 0..<4 { _ = try RawClient.get(port, "/") } }
            clock.advance(by: .seconds(21))
            let refusal = try await blocking { try slow.reply() }
            #expect(refusal?.status == 408)
            try fast.send(zeros: 1000)
            let reply = try await blocking { try fast.reply() }
            #expect(reply?.text == "10000")
        }
    }

    @Test func aReaderThatTakesNothingIsCutWhenOthersLackWhatItHolds() async throws {
        let budget = ByteBudget(total: 12 << 20, clock: ManualClock())
        try await withServer {
            $0.answers = budget
        } handler: { _ in
            do {
                try await AnswerRoom.reserve(8 << 20)
                return HTTPResponse(body: .bytes(SharedBytes([UInt8](repeating: 1, count: 8 << 20))))
            } catch {
                return .refusal(503, "\(error)")
            }
        } _: { port in
            let idle = try RawClient(port, receiveBuffer: 2048)
            try idle.send(Self.request)
            try await Eventually.holds("the answer waits for its reader") {
                budget.held == 8 << 20
            }
            let reply = try await blocking { try RawClient.get(port, "/") }
            #expect(reply?.status == 200)
            #expect(reply?.body.count == 8 << 20)
            let rest = try await blocking { try idle.reply() }
            #expect(rest?.isComplete != true)
            try await Eventually.holds("all is given back") { budget.held == 0 }
        }
    }

    @Test func anAnswerWithoutRoomIsRefusedAfterAWhileAndSmallOnesGoOn() async throws {
        let clock = ManualClock()
        let budget = ByteBudget(total: 1 << 20, clock: clock)
        let holder = try await budget.claim(1 << 20)
        try await withServer {
            $0.answers = budget
            $0.clock = clock
        } handler: { request in
            HTTPResponse(
                body: .bytes(SharedBytes([UInt8](repeating: 1, count: request.path == "/small" ? 100 : 1 << 20))))
        } _: { port in
            let large = try RawClient(port)
            try large.send(Self.request)
            try await Eventually.holds("somebody waits") { budget.lacking() > 0 }
            let small = try await blocking { try RawClient.get(port, "/small") }
            #expect(small?.body.count == 100)
            clock.advance(by: .seconds(7))
            let refusal = try await blocking { try large.reply() }
            #expect(refusal?.status == 503)
            #expect(refusal?.headers["Retry-After"] != nil)
        }
        withExtendedLifetime(holder) {}
    }

    @Test func aFileThatBecomesTooShortEndsItsAnswerAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let file = try FileDescriptor("\(folder)/file", .creating)
            try file.resize(to: 64 << 20)
            try await withServer { _ in
                HTTPResponse(body: .fixedFile(file, offset: 0, length: 64 << 20))
            } _: { port in
                let client = try RawClient(port, receiveBuffer: 4096)
                try client.send(Self.request)
                _ = try await blocking { try client.receive(through: "\r\n\r\n") }
                try file.resize(to: 1 << 20)
                let rest = try await blocking { try client.readAll() }
                #expect(rest.count < 64 << 20)
            }
        }
    }

    @Test func oneAddressLeavesRoomForTheUploadsOfOthers() {
        let budget = UploadBudget(total: 1000)
        let greedy = budget.room(for: PeerAddress(ipv4: 1)), other = budget.room(for: PeerAddress(ipv4: 2))
        #expect(greedy.grow(by: 700))
        #expect(!greedy.grow(by: 100))
        #expect(other.grow(by: 200))
        #expect(!other.grow(by: 200))
        #expect(budget.held == 900)
    }

    @Test func addressesAreCountedByWhatOneHostHas() {
        let mapped = PeerAddress(ipv6: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7])
        #expect(mapped == PeerAddress(ipv4: 0x0a00_0007))
        let first: [UInt8] = [32, 1, 13, 184, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        var second = first, third = first
        second[15] = 2
        third[7] = 2
        #expect(PeerAddress(ipv6: first) == PeerAddress(ipv6: second))
        #expect(PeerAddress(ipv6: first) != PeerAddress(ipv6: third))
    }
}
