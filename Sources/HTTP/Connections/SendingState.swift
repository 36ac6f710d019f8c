internal import CSystem

/// What the kernel knows of the sending on a socket: it sees the progress of every kind of answer, also of those that it sends by
/// itself.
struct SendingState {
    /// Bytes that the peer has taken so far.
    let taken: UInt64
    /// There are bytes for it that it has not taken.
    let isWaiting: Bool
    /// Since bytes have last been sent to it.
    let silence: Duration

    init?(of socket: Int32) {
        var taken: UInt64 = 0
        var waiting: Int32 = 0
        let milliseconds = csystem_sending(socket, &taken, &waiting)
        guard milliseconds >= 0 else { return nil }
        self.taken = taken
        isWaiting = waiting != 0
        silence = .milliseconds(milliseconds)
    }
}
