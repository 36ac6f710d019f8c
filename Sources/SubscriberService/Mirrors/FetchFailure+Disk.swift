import Platform
import Storage

extension FetchFailure {
    /// A file that could not be written or read.
    static func storage(_ error: SystemError) -> FetchFailure {
        FetchFailure(
            error.isLackOfRoom ? .noRoom : error.isOutOfDescriptors ? .busy : .storage, "\(error)")
    }

    /// What went wrong with this subscriber's own disk, or with anything else.
    init(disk error: any Error) {
        switch error {
        case let failure as FetchFailure: self = failure
        case let error as SystemError: self = .storage(error)
        case let error as StorageError: self.init(error.code == .full ? .noRoom : .storage, "\(error)")
        default: self.init(.storage, "\(error)")
        }
    }
}
