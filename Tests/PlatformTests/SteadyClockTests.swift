import Platform
import TestSupport
import Testing

@Suite struct SteadyClockTests {
    @Test func theSystemsClockGoesOnAndItsSleepsEnd() async throws {
        let clock = SystemSteadyClock()
        let start = clock.now
        try await clock.sleep(for: .milliseconds(5))
        #expect(start.duration(to: clock.now) >= .milliseconds(5))
        // What has passed, however long ago, is not waited for.
        try await clock.sleep(until: start)
        try await clock.sleep(for: .seconds(-1_000_000_000_000))
    }

    @Test func whoSleepsForEverEndsWhenCancelled() async throws {
        for clock: any SteadyClock in [SystemSteadyClock(), ManualClock()] {
            let sleeper = Task { try await clock.sleep(for: .seconds(Int64.max)) }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
    }

    @Test func momentsBeyondAllTimesAreTheLastOne() {
        let moment = SteadyInstant(sinceStart: .seconds(5))
        let far = moment + .seconds(Int64.max) + .seconds(Int64.max) + .seconds(Int64.max)
        #expect(far + .seconds(Int64.max) == far && far > moment)
        #expect(far.duration(to: moment) < .zero)
        #expect((moment + .seconds(2)).duration(to: moment) == .seconds(-2))
    }

    @Test func theTestsClockWakesOnlyThoseWhoseTimeHasCome() async throws {
        let clock = ManualClock()
        let first = Task { try await clock.sleep(for: .seconds(10)) }
        let second = Task { try await clock.sleep(for: .seconds(20)) }
        await clock.sleepers(2)
        #expect(clock.sleeping == 2)
        clock.advance(by: .seconds(10) - .nanoseconds(1))
        #expect(clock.sleeping == 2)
        clock.advance(by: .nanoseconds(1))
        try await first.value
        #expect(clock.sleeping == 1, "the second goes on sleeping")
        clock.advanceToNext()
        try await second.value
        #expect(clock.sleeping == 0)
    }

    @Test func oneMayWaitForThoseWhoSleepUntilThen() async throws {
        let clock = ManualClock()
        let long = Task { try await clock.sleep(for: .seconds(3600)) }
        await clock.sleepers()
        let short = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.sleepers(1, within: .seconds(1))
        clock.advance(by: .seconds(1))
        try await short.value
        long.cancel()
        await #expect(throws: CancellationError.self) { try await long.value }
    }
}
