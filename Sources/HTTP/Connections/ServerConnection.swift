// What of a socket is whose depends on which module was built first.
internal import CMicroHTTPD
internal import Glibc
internal import Platform
internal import Synchronization

/// A client's connection, as the ``ConnectionBook`` knows it. Its thread says what it is doing; that costs a few stores.
final class ServerConnection: Sendable {
    enum Stage: UInt8 {
        /// For a request: nothing of it has come.
        case waiting
        /// For the rest of a request's head.
        case head
        /// For the bytes of an upload.
        case upload
        /// Its answer is being made.
        case answer
        /// Its answer is being sent.
        case sending
        /// It is a feed's.
        case watching
        /// It has been ended, and will be closed.
        case ended

        /// What a connection is cut for that is ended at this stage.
        var cut: ServerStatistics.Cut {
            switch self {
            case .waiting, .head: .idle
            case .upload: .slow
            case .answer, .sending, .watching, .ended: .stalled
            }
        }
    }

    let socket: Int32
    let address: PeerAddress
    private let book: ConnectionBook
    private let rawStage: Atomic<UInt8>
    /// Of the stage, in nanoseconds of the book's clock; of an upload, since when its bytes are counted.
    private let rawSince: Atomic<Int64>
    /// Nothing has been answered on it yet.
    private let isNew = Atomic(true)
    /// Bytes of the upload that have come.
    private let uploaded = Atomic(0)
    /// What the answer that is being sent holds, and where it is sent from by the kernel.
    private let answer = Locked<Answer?>(nil)

    struct Answer {
        var claim: ByteBudget.Claim?
        /// The answer ends here in the file.
        var file: (file: FileDescriptor, end: Int64)?
    }

    init(_ socket: Int32, _ address: PeerAddress, in book: ConnectionBook) {
        self.socket = socket
        self.address = address
        self.book = book
        rawStage = Atomic(Stage.waiting.rawValue)
        rawSince = Atomic(book.now)
    }

    var stage: Stage { Stage(rawValue: rawStage.load(ordering: .relaxed)) ?? .ended }
    var since: Int64 { rawSince.load(ordering: .relaxed) }
    /// Whether somebody waits for an answer, or is about to: a client that has had one knows that its connection may end.
    var awaitsAnswer: Bool { stage == .head || isNew.load(ordering: .relaxed) }
    var received: Int { uploaded.load(ordering: .relaxed) }
    var sending: Answer? { answer.withLock { $0 } }

    /// The first bytes of the next request are there; those of the first one count from the start of the connection.
    func headBegins() {
        if stage == .waiting { enter(.head) }
    }

    /// The head that is being waited for is part of how long the connection has been here.
    func isHandedOn() { move(to: .head) }

    func isWatching() { move(to: .watching) }

    func uploadBegins() {
        uploaded.store(0, ordering: .relaxed)
        enter(.upload)
    }

    func uploaded(_ count: Int) { uploaded.add(count, ordering: .relaxed) }

    /// Nothing is read from it for now.
    func uploadIsHeldUp(_ isHeldUp: Bool) { enter(isHeldUp ? .answer : .upload) }

    func answerBegins() { move(to: .answer) }

    /// - Returns: false when the connection has been ended: nothing may be sent any more.
    func sendingBegins(_ answer: Answer?) -> Bool {
        if let answer { self.answer.withLock { $0 = answer } }
        isNew.store(false, ordering: .relaxed)
        return enter(.sending)
    }

    func requestEnds() {
        // Not let go under the lock: others may wait for what it holds.
        let last = answer.withLock { $0.take() }
        extendLifetime(last)
        enter(.waiting)
    }

    /// For the book.
    ///
    /// - Returns: false when it is not in this stage any more, and has not been ended.
    func end(at stage: Stage) -> Bool {
        let ended = Stage.ended.rawValue
        return rawStage.compareExchange(expected: stage.rawValue, desired: ended, ordering: .relaxed).exchanged
    }

    func uploadIsCountedAnew() { rawSince.store(book.now, ordering: .relaxed) }

    /// To be called before the socket is closed.
    func leave() { book.leave(self) }

    // MARK: The socket, for its owner

    enum Received {
        case bytes(Int)
        /// For now.
        case nothing
        /// And never again: the peer has closed its side, or is gone.
        case end
    }

    /// Takes what has come, as much as there is room for in `buffer`.
    ///
    /// - Parameter isPeeking: it stays where it is.
    func receive(_ buffer: inout [UInt8], isPeeking: Bool = false) -> Received {
        let count = recv(socket, &buffer, buffer.count, isPeeking ? Int32(MSG_PEEK) : 0)
        if count > 0 { return .bytes(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }

    enum Sent {
        case bytes(Int)
        /// There is no room for any now.
        case blocked
        case failed
    }

    /// Sends of so many pieces, in order, as much as there is room for.
    func send(_ count: Int, _ piece: (_ index: Int) -> UnsafeRawBufferPointer) -> Sent {
        let sent = withUnsafeTemporaryAllocation(of: iovec.self, capacity: count) { vectors in
            for index in 0..<count {
                let bytes = piece(index)
                // They are only read.
                let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                vectors[index] = iovec(iov_base: start, iov_len: bytes.count)
            }
            var message = msghdr()
            message.msg_iov = vectors.baseAddress
            message.msg_iovlen = count
            return sendmsg(socket, &message, Int32(MSG_NOSIGNAL))
        }
        if sent >= 0 { return .bytes(sent) }
        return errno == EAGAIN || errno == EINTR ? .blocked : .failed
    }

    /// Nothing more is sent; what the peer sends can still be received.
    func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// - Parameters:
    ///   - bytes: That may wait in the kernel for a peer that does not read.
    ///   - patience: After which a host that acknowledges nothing counts as gone.
    func boundSending(bytes: Int32, patience: Duration) {
        let size = socklen_t(MemoryLayout<Int32>.size)
        var buffer = bytes
        setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &buffer, size)
        var milliseconds = Int32(clamping: patience.components.seconds * 1000)
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, size)
    }

    /// The connection is ended for both sides, and what the kernel still has for the peer is given up: to a client of HTTP/1.0
    /// any other end looks like the end of an answer.
    func reset() { ServerSocket.reset(socket) }

    /// The same connection once more, for another owner: with a descriptor and a place in the book of its own.
    ///
    /// - Returns: nothing when there is no room for it.
    func doubled() -> ServerConnection? {
        let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return nil }
        guard let double = book.enter(copy, isScarce: DescriptorPlan.isOfTheLast(copy)) else {
            Glibc.close(copy)
            return nil
        }
        return double
    }

    /// Gives up its place in the book, and ends the connection.
    func close() {
        leave()
        Glibc.close(socket)
    }

    @discardableResult private func enter(_ stage: Stage) -> Bool {
        rawSince.store(book.now, ordering: .relaxed)
        return move(to: stage)
    }

    /// Ended is ended: only its owner's noticing is to come.
    @discardableResult private func move(to stage: Stage) -> Bool {
        var known = rawStage.load(ordering: .relaxed)
        while known != Stage.ended.rawValue {
            let result = rawStage.compareExchange(expected: known, desired: stage.rawValue, ordering: .relaxed)
            if result.exchanged { return true }
            known = result.original
        }
        return false
    }
}
