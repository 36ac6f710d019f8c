import Platform
import TestSupport
import Testing

/// What the process says of itself.
@Suite struct ProcessUsageTests {
    @Test("All is known on Linux, and in its bounds") func bounds() throws {
        let usage = ProcessUsage.current
        let (resident, virtual) = (try #require(usage.residentBytes), try #require(usage.virtualBytes))
        #expect(resident > 1 << 20 && resident <= virtual)
        #expect(try #require(usage.processorSeconds) > 0)
        let (open, limit) = (try #require(usage.openDescriptors), try #require(usage.descriptorLimit))
        #expect(open >= 3 && UInt64(open) <= limit)
        let age = Timestamp.now.seconds - (try #require(usage.started)).seconds
        #expect(age > 0 && age < 86_400)
    }

    @Test("Files that are opened are counted") func descriptors() throws {
        // More than other tests open and close meanwhile.
        let before = try #require(ProcessUsage.current.openDescriptors)
        let files = try (0..<500).map { _ in try FileDescriptor("/dev/null") }
        let after = try #require(ProcessUsage.current.openDescriptors)
        withExtendedLifetime(files) {}
        #expect(after - before > 250)
    }

    @Test("Work takes processor time") func processorTime() throws {
        let before = try #require(ProcessUsage.current.processorSeconds)
        var sum: UInt64 = 0
        for number in 0..<100_000 { sum &+= UInt64(number) }
        #expect(sum > 0)
        #expect(try #require(ProcessUsage.current.processorSeconds) > before)
    }
}
