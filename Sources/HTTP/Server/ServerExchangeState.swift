internal import Platform

/// The state of one request and its response, free of C and of threads: every event is a method that returns what the
/// caller must do now.
struct ServerExchangeState: ~Copyable {
    typealias ChunkWaiter = CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>
    typealias RoomWaiter = CheckedContinuation<Result<Void, HTTPError>, Never>

    private enum Output {
        case none
        case ready(HTTPResponse)
        case sent
    }

    /// Waiting bytes above which the sender must wait, and below which it is let go again.
    static let highWatermark = 256 * 1024
    static let lowWatermark = 64 * 1024

    /// How much of an upload that nobody wants any more is read, so that its sender sees the answer.
    static let discardLimit = 32 << 20

    /// The handler's task, while it can need cancelling.
    var task: Task<Void, Never>?
    /// The bytes that the streamed response has announced.
    var announcedLength: Int64?

    // The connection is parked in libmicrohttpd: exactly one resume is owed.
    private var isSuspended = false
    private(set) var isClosed = false
    private var isAborted = false
    private(set) var isDeparted = false

    private let uploadLimit: Int
    private var uploaded = 0
    private var discarded = 0
    private var inbound = ChunkQueue<[UInt8]>()
    private var inboundEnd: Result<Void, HTTPError>?
    private var chunkWaiter: ChunkWaiter?

    private var output = Output.none
    private var isStreaming = false
    private var outbound = ChunkQueue<OutboundPiece>()
    private var outboundEnd: Result<Void, HTTPError>?
    private var delivered: Int64 = 0
    private var roomWaiter: RoomWaiter?

    init(uploadLimit: Int) { self.uploadLimit = uploadLimit }

    /// The handler has returned and no streamed body is still being made.
    var isAnswered: Bool {
        if case .none = output { return false }
        return !isStreaming || outboundEnd != nil
    }

    // MARK: Events from the polling thread

    /// The head says how long the upload is going to be.
    mutating func announceUpload(_ length: Int64) {
        if length > Int64(uploadLimit) { discardUpload(.tooLarge(uploadLimit)) }
    }

    enum ChunkAction { case proceed, suspend, cut, deliver(ChunkWaiter, Result<[UInt8]?, HTTPError>) }

    mutating func received(_ chunk: [UInt8]) -> ChunkAction {
        if isAborted { return .cut }
        if inboundEnd != nil {
            discarded += chunk.count
            return discarded > Self.discardLimit ? .cut : .proceed
        }
        uploaded += chunk.count
        if uploaded > uploadLimit {
            discardUpload(.tooLarge(uploadLimit))
            return chunkWaiter.take().map { .deliver($0, .failure(.tooLarge(uploadLimit))) } ?? .proceed
        }
        if let waiter = chunkWaiter.take() { return .deliver(waiter, .success(chunk)) }
        inbound.append(chunk, count: chunk.count)
        guard inbound.byteCount > Self.highWatermark else { return .proceed }
        isSuspended = true
        return .suspend
    }

    mutating func endOfUpload() -> ChunkWaiter? {
        if inboundEnd == nil { inboundEnd = .success(()) }
        return chunkWaiter.take()
    }

    enum TurnAction { case respond(HTTPResponse), suspend, cut }

    /// The polling thread asks what to do with the connection now.
    mutating func turn() -> TurnAction {
        if isAborted { return .cut }
        if let response = takeReadyResponse() { return .respond(response) }
        isSuspended = true
        return .suspend
    }

    private mutating func takeReadyResponse() -> HTTPResponse? {
        guard case .ready(let response) = output else { return nil }
        output = .sent
        return response
    }

    enum PullAction { case piece(OutboundPiece, from: Int, count: Int), suspend, end, fail }

    /// The polling thread wants up to `limit` bytes of the body.
    mutating func pull(limit: Int) -> (action: PullAction, release: RoomWaiter?) {
        if isAborted { return (.fail, nil) }
        if let piece = outbound.takePrefix(limit) {
            delivered += Int64(piece.count)
            let release = outbound.byteCount < Self.lowWatermark ? roomWaiter.take() : nil
            return (.piece(piece.chunk, from: piece.offset, count: piece.count), release)
        }
        switch outboundEnd {
        // A body that ends before its announced length must not look complete.
        case .success: return (announcedLength.map { delivered < $0 } ?? false ? .fail : .end, nil)
        case .failure: return (.fail, nil)
        case nil:
            isSuspended = true
            return (.suspend, roomWaiter.take())
        }
    }

    mutating func closed() -> (ChunkWaiter?, RoomWaiter?, Task<Void, Never>?) {
        isClosed = true
        outbound.removeAll()
        return (chunkWaiter.take(), roomWaiter.take(), task.take())
    }

    // MARK: Events from the handler's task; `true` means: resume the connection

    mutating func publish(_ response: HTTPResponse, streaming: Bool) -> Bool {
        output = .ready(response)
        isStreaming = streaming
        if case .stream(let length?, _) = response.body { announcedLength = length }
        discardUpload(.closed)
        return takeResume()
    }

    private mutating func discardUpload(_ reason: HTTPError) {
        if inboundEnd == nil { inboundEnd = .failure(reason) }
        inbound.removeAll()
    }

    enum ReadAction { case chunk([UInt8], resume: Bool), end(Result<[UInt8]?, HTTPError>), wait }

    mutating func nextChunk(_ waiter: ChunkWaiter? = nil) -> ReadAction {
        if let chunk = inbound.takeFirst() {
            let resume = inbound.byteCount < Self.lowWatermark && takeResume()
            return .chunk(chunk, resume: resume)
        }
        switch inboundEnd {
        case .success: return .end(.success(nil))
        case .failure(let error): return .end(.failure(error))
        case nil: break
        }
        if isClosed { return .end(.failure(.closed)) }
        precondition(chunkWaiter == nil, "a request body has one reader")
        chunkWaiter = waiter
        return .wait
    }

    enum WriteOutcome { case proceed, fail, wait }

    mutating func write(_ piece: OutboundPiece) -> (outcome: WriteOutcome, resume: Bool) {
        if isClosed || isAborted { return (.fail, false) }
        outbound.append(piece, count: piece.count)
        return (outbound.byteCount > Self.highWatermark ? .wait : .proceed, takeResume())
    }

    /// Registers a writer that must wait, unless there is room by now.
    mutating func waitForRoom(_ waiter: RoomWaiter) -> Result<Void, HTTPError>? {
        if isClosed { return .failure(.closed) }
        if outbound.byteCount < Self.lowWatermark { return .success(()) }
        precondition(roomWaiter == nil, "a response body has one writer")
        roomWaiter = waiter
        return nil
    }

    mutating func finish(_ end: Result<Void, HTTPError>) -> Bool {
        outboundEnd = end
        return takeResume()
    }

    // MARK: From anywhere

    /// From now on nothing parks the connection: it ends at its next event.
    mutating func abort() -> Bool {
        isAborted = true
        return takeResume()
    }

    /// Nobody waits for the answer any more; what makes it is to be cancelled.
    mutating func depart() -> Task<Void, Never>? {
        isDeparted = true
        return task
    }

    private mutating func takeResume() -> Bool {
        defer { isSuspended = false }
        return isSuspended && !isClosed
    }
}
