import FoundationEssentials
import Platform

/// The folder of a broker's log: made if need be, and owned by one broker at a time.
final class StateFolder: Sendable {
    let path: String
    private let lock: FileLock

    var log: String { "\(path)/log.db" }
    /// Files in it live as long as an answer is sent.
    var spool: String { "\(path)/spool" }

    init(_ path: String) throws(BrokerError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw BrokerError("cannot make the state folder \(path): check its place and permissions (\(error))")
        }
        do {
            lock = try FileLock(path: "\(path)/lock")
        } catch {
            guard error.code == SystemError.wouldBlock else {
                throw BrokerError("cannot use the state folder \(path): \(error)")
            }
            throw BrokerError("another broker uses the state folder \(path): stop it, or give --state another folder")
        }
        do {
            // What a process that was killed may have left.
            try? FileManager.default.removeItem(atPath: spool)
            try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
        } catch {
            throw BrokerError("cannot write to the state folder \(path): check its permissions (\(error))")
        }
    }
}
