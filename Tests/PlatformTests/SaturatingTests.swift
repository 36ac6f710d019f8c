import Platform
import Testing

@Suite struct SaturatingTests {
    @Test func whatIsTooMuchIsAsMuchAsThereCanBe() {
        let sums: [Int64] = [.max +| 1, .min +| -1, 1 +| 2]
        #expect(sums == [.max, .min, 3])
        let differences: [Int64] = [.min -| 1, .max -| -1, 0 -| .min, 5 -| 7]
        #expect(differences == [.min, .max, .max, -2])
        let products: [Int64] = [.max *| 2, .max *| -2, .min *| -1, 6 *| 7]
        #expect(products == [.max, .min, .max, 42])
        let bytes: [UInt8] = [255 +| 1, 1 -| 2, 100 *| 3]
        #expect(bytes == [255, 0, 255])
        #expect([Int64.max, 1, -1].saturatingSum == .max - 1)
        #expect([1 << 40, 1 << 40, 0].saturatingProduct == 0 && [1 << 40, 1 << 40].saturatingProduct == Int.max)
        #expect(["a", "bc"].saturatingSum { $0.utf8.count } == 3)
    }

    @Test func numbersWithAPointBecomeWholeOnes() {
        #expect(Int64(saturating: 1e300) == .max && Int64(saturating: -1e300) == .min && Int64(saturating: .nan) == 0)
        #expect(Int(saturating: .infinity) == .max && UInt8(saturating: -3) == 0 && Int(saturating: 2.5) == 3)
        #expect(Int64(saturating: 0x1p63) == .max && Int64(saturating: -0x1p63) == .min)
    }

    @Test(arguments: [1e300, .infinity, -1e300, -.infinity, .nan, 1e19, 0x1p63])
    func everyNumberIsADuration(seconds: Double) {
        let duration = Duration(saturatingSeconds: seconds)
        #expect(duration <= .seconds(3.2e10) && duration >= .seconds(-3.2e10))
        #expect(Duration(saturatingSeconds: 0.25) == .milliseconds(250))
    }

    @Test func aTallyForgetsNothing() {
        var tally = Tally([Int64.max, .max, .max])
        #expect(tally.value == .max)
        for _ in 0..<3 { tally.subtract(.max) }
        #expect(tally.value == 0)
        tally.add(.min)
        tally.add(.min)
        #expect(tally.value == .min)
        tally.subtract(.min)
        tally.subtract(.min)
        tally.add(5)
        #expect(tally.value == 5)
    }
}
