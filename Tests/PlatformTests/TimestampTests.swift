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
        #expect(Timestamp(seconds: 1e300).rfc3339(digits: 0) == "9999-12-31T23:59:59Z")
        #expect(Timestamp(seconds: -1e300).rfc3339(digits: 0) == "0000-01-01T00:00:00Z")
    }

    @Test(arguments: [
        (16_725_225_600.0, "2500-01-01T00:00:00.000Z"), (-2_177_452_800, "1901-01-01T00:00:00.000Z"),
        (-11_644_473_600, "1601-01-01T00:00:00.000Z"), (1_764_000_000.25, "2025-11-24T16:00:00.250Z"),
    ])
    func momentsBeyondNanosecondsAreMoments(seconds: Double, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
        #expect(Timestamp(seconds: seconds).seconds == seconds)
        #expect(Timestamp(microseconds: Int64(seconds * 1e6)).description == text)
    }

    @Test(arguments: [10_413_792_000, -10_000_000_000])
    func aFileMayHaveAnyDate(second: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/dated"
            try FileSystem.writeAtomically(path, [1])
            // Seconds and nanoseconds, of use and of change.
            let status = [second, 5, second, 5].withUnsafeBytes {
                utimensat(AT_FDCWD, path, $0.baseAddress?.assumingMemoryBound(to: timespec.self), 0)
            }
            #expect(status == 0)
            // Some file systems know fewer years.
            let identity = try FileIdentity(path: path)
            #expect(second > 0 ? identity.modified > 0 : identity.modified < 0)
            var info = stat()
            #expect(stat(path, &info) == 0)
            // A timespec begins with its seconds.
            let modified = withUnsafeBytes(of: info.st_mtim) { $0.load(as: Int.self) }
            #expect(Int(identity.modifiedSeconds.rounded(.down)) == modified)
        }
    }
}
