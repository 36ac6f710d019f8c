internal import Glibc
internal import Platform
internal import Synchronization

/// All connections of a server: how many there may be, and who goes when there are too many or somebody needs what they hold.
///
/// - A head has to come within a time, whatever dribbles; who waits for nothing is closed after a while.
/// - When all places are taken, the address with the most connections loses the one that has waited longest for a request; if
///   nobody waits, a reader that has taken nothing for a while; only then is the new one turned away. Who has not been
///   answered yet is told why.
/// - An upload has to come at a rate.
/// - When the budget of bytes is used up and somebody waits, those who hold most and take next to nothing are cut.
/// - Who is sent a file that has become too short is cut at once.
final class ConnectionBook: Sendable {
    struct Limits: Sendable {
        /// All, feeds among them.
        var connections: Int
        /// Those that are no feed's.
        var requests: Int
        /// From the connection's start, or a request's first line, to the end of its head.
        var head = Duration.seconds(20)
        /// Between requests.
        var idle = Duration.seconds(60)
        /// In this time an upload has to bring `uploadBytes`.
        var upload = Duration.seconds(20)
        var uploadBytes = 4096
        /// Who takes nothing for so long loses its place when it is needed.
        var stall = Duration.seconds(5)
    }

    private struct Entry {
        let connection: ServerConnection
        /// Of the upload, when it was looked at last.
        var received = 0
        /// Of the answer: what had been taken, and when, since somebody is in want.
        var sample: (taken: UInt64, at: Int64)?
    }

    private struct State {
        var entries: [Int32: Entry] = [:]
        var byAddress: [PeerAddress: Int] = [:]
        var watching = 0
        var ended = 0
        /// Who goes next, the last one first, with since when they had waited when they were chosen.
        var idlest: [(connection: ServerConnection, since: Int64)] = []
        /// When stalled readers were last looked for.
        var lookedAt: Int64 = .min
    }

    let limits: Limits
    private let budgets: [ByteBudget]
    private let statistics: ServerStatistics
    private let clock: any SteadyClock
    private let state = Locked(State())

    /// - Parameter budgets: what the answers hold.
    init(_ limits: Limits, budgets: [ByteBudget], statistics: ServerStatistics, clock: any SteadyClock) {
        self.limits = limits
        self.budgets = budgets
        self.statistics = statistics
        self.clock = clock
    }

    /// Nanoseconds.
    var now: Int64 {
        let (seconds, attoseconds) = clock.now.sinceStart.components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    var count: Int { state.withLock { $0.entries.count } }

    // MARK: Coming and going

    /// A place for a new connection; `nil` when there is none.
    ///
    /// - Parameter isScarce: descriptors are; somebody has to go for this one in any case.
    func enter(_ socket: Int32, isScarce: Bool = false) -> ServerConnection? {
        let connection = ServerConnection(socket, PeerAddress(ofPeer: socket), in: self)
        let isIn = state.withLock { state in
            // The kernel has closed the one that had this number.
            remove(socket, from: &state)
            if isScarce || isFull(state), !makeRoom(&state) || isScarce { return false }
            // Those who were ended take a moment to go.
            guard state.entries.count < limits.connections + max(8, limits.connections / 8) else { return false }
            state.entries[socket] = Entry(connection: connection)
            state.byAddress[connection.address, default: 0] += 1
            statistics.set(connections: state.entries.count)
            return true
        }
        return isIn ? connection : nil
    }

    func connection(of socket: Int32) -> ServerConnection? { state.withLock { $0.entries[socket]?.connection } }

    /// The connection is a feed's from now on.
    func becomesWatcher(_ connection: ServerConnection) {
        state.withLock { state in
            guard state.entries[connection.socket]?.connection === connection else { return }
            if connection.stage != .ended, connection.stage != .watching { state.watching += 1 }
            connection.isWatching()
        }
    }

    func leave(_ connection: ServerConnection) {
        state.withLock { state in
            guard state.entries[connection.socket]?.connection === connection else { return }
            remove(connection.socket, from: &state)
        }
    }

    private func remove(_ socket: Int32, from state: inout State) {
        guard let connection = state.entries.removeValue(forKey: socket)?.connection else { return }
        let rest = state.byAddress[connection.address, default: 1] - 1
        state.byAddress[connection.address] = rest > 0 ? rest : nil
        switch connection.stage {
        case .watching: state.watching -= 1
        case .ended: state.ended -= 1
        default: break
        }
        statistics.set(connections: state.entries.count)
    }

    // MARK: Making room

    private func isFull(_ state: State) -> Bool {
        let alive = state.entries.count - state.ended
        return alive >= limits.connections || alive - state.watching >= limits.requests
    }

    private func makeRoom(_ state: inout State) -> Bool {
        if endIdlest(&state) { return true }
        state.idlest = idlest(state)
        return endIdlest(&state) || endStalled(&state)
    }

    /// Ends the next of those that were chosen and have not done anything since.
    private func endIdlest(_ state: inout State) -> Bool {
        while let (connection, since) = state.idlest.popLast() {
            let stage = connection.stage
            guard state.entries[connection.socket]?.connection === connection, connection.since == since,
                stage == .waiting || stage == .head
            else { continue }
            let words = connection.awaitsAnswer ? ServerSocket.full : nil
            if end(connection, at: stage, in: &state, saying: words) { return true }
        }
        return false
    }

    /// Of the address that has the most connections those that have waited longest, the longest last: several, where there are
    /// thousands of places, because all have to be looked at to find them.
    private func idlest(_ state: State) -> [(connection: ServerConnection, since: Int64)] {
        let idle = state.entries.values.map(\.connection).filter { $0.stage == .waiting || $0.stage == .head }
        let most = idle.max {
            state.byAddress[$0.address, default: 0] < state.byAddress[$1.address, default: 0]
        }
        guard let address = most?.address else { return [] }
        let waiting = idle.filter { $0.address == address }.map { (connection: $0, since: $0.since) }
        let count = max(1, min(64, limits.requests / 64))
        return Array(waiting.sorted { $0.since > $1.since }.suffix(count))
    }

    /// Cuts a reader that takes nothing, of the address with the most; looks for one now and then only.
    private func endStalled(_ state: inout State) -> Bool {
        let now = now
        guard state.lookedAt == .min || now - state.lookedAt > 250_000_000 else { return false }
        state.lookedAt = now
        let stalled = state.entries.values.filter { entry in
            guard entry.connection.stage == .sending, let sending = SendingState(of: entry.connection.socket) else {
                return false
            }
            return sending.isWaiting && sending.silence >= limits.stall
        }
        let most = stalled.max {
            state.byAddress[$0.connection.address, default: 0] < state.byAddress[$1.connection.address, default: 0]
        }
        guard let most else { return false }
        return end(most.connection, at: .sending, in: &state)
    }

    /// Ends a connection under its owner, who notices and closes it. Under the lock: until it has left the book, its socket is
    /// open.
    ///
    /// - Parameters:
    ///   - stage: in which it has to be still.
    ///   - words: for one whose answer is not being sent; none will be from now on.
    /// - Returns: false when it has ended already, or has just gone on.
    @discardableResult private func end(
        _ connection: ServerConnection, at stage: ServerConnection.Stage, in state: inout State,
        saying words: String? = nil
    ) -> Bool {
        guard stage != .ended, stage != .watching, connection.end(at: stage) else { return false }
        state.ended += 1
        if stage == .sending {
            // A reset: by another end a client of HTTP/1.0 would take what it has for the whole; and what the kernel still has
            // for it is given up.
            ServerSocket.reset(connection.socket)
        } else {
            if let words { ServerSocket.refuse(words, on: connection.socket) }
            shutdown(connection.socket, Int32(SHUT_RDWR))
        }
        statistics.noteCut(stage.cut)
        return true
    }

    // MARK: Looking around

    /// Ends those whose time is over; to be called every second or so.
    func look() {
        for budget in budgets { budget.refuseTheLate() }
        let now = now
        state.withLock { state in
            for (socket, entry) in state.entries { look(at: entry, socket, now, in: &state) }
            for budget in budgets { makeRoom(in: budget, now, &state) }
        }
        statistics.set(held: budgets.saturatingSum { $0.held })
    }

    private func look(at entry: Entry, _ socket: Int32, _ now: Int64, in state: inout State) {
        let connection = entry.connection
        let age = Duration.nanoseconds(now - connection.since)
        let stage = connection.stage
        switch stage {
        case .waiting where age > limits.idle, .head where age > limits.head:
            end(connection, at: stage, in: &state)
        case .upload where age > limits.upload:
            // A new upload counts from zero.
            let received = connection.received
            if received - (received < entry.received ? 0 : entry.received) < limits.uploadBytes {
                end(connection, at: stage, in: &state, saying: ServerSocket.tooSlow)
                statistics.note(status: 408)
            } else {
                state.entries[socket]?.received = received
                connection.uploadIsCountedAnew()
            }
        case .sending:
            guard let (file, end) = connection.sending?.file else { return }
            if let size = try? file.identity().size, size < end {
                self.end(connection, at: stage, in: &state)
            }
        case .waiting, .head, .upload, .answer, .watching, .ended: break
        }
    }

    /// Cuts those who hold most and take next to nothing, while somebody lacks what they hold.
    private func makeRoom(in budget: ByteBudget, _ now: Int64, _ state: inout State) {
        var lacking = budget.lacking()
        guard lacking > 0 else { return }
        var slow: [(connection: ServerConnection, bytes: Int)] = []
        for (socket, entry) in state.entries where entry.connection.stage == .sending {
            guard let claim = entry.connection.sending?.claim, claim.budget === budget else { continue }
            if isSlow(socket, entry, claim.bytes, now, &state) { slow.append((entry.connection, claim.bytes)) }
        }
        for (connection, bytes) in slow.sorted(by: { $0.bytes > $1.bytes }) where lacking > 0 {
            end(connection, at: .sending, in: &state)
            lacking -= bytes
        }
    }

    /// It takes nothing, or so little that it would hold its answer for more than ten minutes.
    private func isSlow(_ socket: Int32, _ entry: Entry, _ bytes: Int, _ now: Int64, _ state: inout State) -> Bool {
        guard let sending = SendingState(of: socket), sending.isWaiting else { return false }
        if sending.silence >= limits.stall { return true }
        guard let sample = entry.sample, Duration.nanoseconds(now - sample.at) < limits.stall * 3,
            sample.taken <= sending.taken
        else {
            state.entries[socket]?.sample = (sending.taken, now)
            return false
        }
        let seconds = Double(now - sample.at) / 1e9
        guard seconds >= limits.stall / .seconds(1) else { return false }
        let rate = Double(sending.taken - sample.taken) / seconds
        state.entries[socket]?.sample = (sending.taken, now)
        return rate < max(16_384, Double(bytes) / 600)
    }
}
