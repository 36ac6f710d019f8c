import Testing

@testable import PublisherService

@Suite struct LeasePauseTests {
    /// A broker may say any number of seconds: the lease is renewed in time, not without pause, and some day.
    @Test(arguments: [1e300, 1e19, 0x1p63, -1, 0, -1e300, 1e-300, .infinity, .nan])
    func aLeaseOfAnyLengthIsRenewed(seconds: Double) {
        let pause = Announcer.pause(between: seconds)
        #expect(pause >= .milliseconds(50) && pause <= .seconds(60), "\(seconds): \(pause)")
        #expect(Announcer.pause(between: 30) == .seconds(10))
    }
}
