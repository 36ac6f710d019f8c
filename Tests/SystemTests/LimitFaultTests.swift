import HTTP
import Platform
import TestSupport
import Testing

/// A subscriber that may hold only so much, and is killed while it makes room.
@Suite(.patient, .serialized) struct LimitFaultTests {
    @Test func aKilledSubscriberBelievesNothingThatHasMadeRoom() async throws {
        try await World.complete { world in
            let content = noise(24_000_000, seed: 91)
            try world.write("a", content)
            try await world.stop("subscriber")
            for round in 0..<6 {
                try await world.startSubscriber(
                    "subscriber", broker: nil, ["--cache-size", "3M", "--fetch-timeout", "60"])
                try await world.waitForList(["foo/a"])
                for number in 0..<12 {
                    // Near one another from round to round, so that some of it is held.
                    let start = (number * 7919 + round * 64) * 211 % 23_000_000
                    let range = "bytes=\(start)-\(start + 399_999)"
                    let answer = try await world.get("/api/download/foo/a", headers: ["Range": range])
                    let text = answer.status == 206 ? "" : answer.text
                    #expect(
                        answer.status == 206 && answer.body.elementsEqual(content[start..<start + 400_000]),
                        "\(answer.status) \(text)")
                }
                try await world.stop("subscriber", killing: round < 5)
            }
        }
    }
}
