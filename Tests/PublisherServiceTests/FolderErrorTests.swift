import Platform
import Testing

@testable import PublisherService

@Suite struct FolderErrorTests {
    /// ENOENT, ENOTDIR, EACCES, ENAMETOOLONG, ELOOP: what is so is withdrawn.
    @Test(arguments: [2, 20, 13, 36, 40] as [Int32]) func whatIsNotThereOrMayNotBeReadIsNotPublished(_ code: Int32) {
        #expect(!FolderError(SystemError("read x", code: code)).isPassing)
    }

    /// EIO, ESTALE, ENOTCONN, EMFILE, ENOMEM, ETIMEDOUT: the file is as it was, but cannot be asked for now.
    @Test(arguments: [5, 116, 107, 24, 12, 110] as [Int32]) func whatCannotBeAskedForIsNotWithdrawn(_ code: Int32) {
        #expect(FolderError(SystemError("read x", code: code)).isPassing)
    }
}
