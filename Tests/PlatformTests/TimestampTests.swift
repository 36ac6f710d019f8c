import Glibc
import Platform
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [(1.5, 1_500_000_000), (-0.5, -500_000_000), (1e12, Int64.max), (-1e300, .min), (.infinity, .max)])
    func anySecondsAreAMoment(seconds: Double, nanoseconds: Int64) {
        #expect(Timestamp(seconds: seconds).nanoseconds == nanoseconds)
    }

    @Test func theEndsOfTimeCanBeWritten() {
        #expect(Timestamp(nanoseconds: .max).description == "2262-04-11T23:47:16.854Z")
        #expect(Timestamp(nanoseconds: .min).description == "1677-09-21T00:12:43.145Z")
    }

    @Test(arguments: [10_413_792_000, -10_000_000_000])
    func aFileMayHaveAnyDate(second: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/dated"
            try FileSystem.writeAtomically(path, [1])
            let time = timespec(tv_sec: second, tv_nsec: 5)
            #expect(utimensat(AT_FDCWD, path, [time, time], 0) == 0)
            // Some file systems know fewer years.
            let identity = try FileIdentity(path: path)
            #expect(second > 0 ? identity.modified > 0 : identity.modified < 0)
        }
    }
}
