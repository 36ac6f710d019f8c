internal import Arrays
internal import Platform
internal import Synchronization

/// A file that is read as long as it stays what it was, and as long as the publisher runs.
struct GuardedSource: ByteSource, Sendable {
    /// What ``read(at:count:)`` fails with.
    enum Failure {
        static let changed: Int32 = 116  // ESTALE
        static let stopped: Int32 = 125  // ECANCELED
    }

    private static let checkInterval = 32 << 20

    let file: FileDescriptor
    let identity: FileIdentity
    let stop: Flag
    /// Bytes since the file was last looked at.
    private let unchecked = Counter()

    init(_ file: FileDescriptor, _ identity: FileIdentity, stop: Flag) {
        self.file = file
        self.identity = identity
        self.stop = stop
    }

    var size: Int64 { identity.size }

    func read(at offset: Int64, count: Int) throws(SystemError) -> SharedBytes {
        if stop.isSet { throw SystemError("read \(file.path)", code: Failure.stopped) }
        let length = Int(max(0, min(Int64(count), size - offset)))
        let unchecked = self.unchecked.value.add(length, ordering: .relaxed).newValue
        // Of a large file that is being rewritten, the rest is not worth reading.
        if unchecked > Self.checkInterval {
            self.unchecked.value.store(0, ordering: .relaxed)
            guard try file.identity() == identity else { throw SystemError("read \(file.path)", code: Failure.changed) }
        }
        return try file.read(at: offset, count: length)
    }

    private final class Counter: Sendable { let value = Atomic(0) }
}
