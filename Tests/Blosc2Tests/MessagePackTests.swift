import Arrays
import Platform
import TestSupport
import Testing

@testable import Blosc2

@Suite struct MessagePackTests {
    private func decode(_ bytes: [UInt8]) -> MessagePackValue? { MessagePackValue(decoding: SharedBytes(bytes)) }

    @Test("Values of every kind are decoded")
    func everyKind() {
        #expect(decode([0xc0]) == .null)
        #expect(decode([0xc3]) == .bool(true))
        #expect(decode([0xff]) == .int(-1))
        #expect(decode([0x7f]) == .int(127))
        #expect(decode([0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]) == .int(.min))
        #expect(decode([0xcf] + [UInt8](repeating: 0xff, count: 8)) == .uint(.max))
        #expect(decode([0xca, 0x3f, 0x80, 0, 0]) == .double(1))
        #expect(decode([0xa2, 0xc3, 0xa9]) == .string("é"))
        #expect(decode([0xa1, 0xff]) == .binary([0xff]))
        #expect(decode([0xc4, 2, 1, 2]) == .binary([1, 2]))
        #expect(decode([0xd4, 5, 9]) == .ext(5, [9]))
        #expect(decode([0xc7, 0, 5]) == .ext(5, []))
        #expect(decode([0x92, 1, 0x90]) == .array([.int(1), .array([])]))
        #expect(decode([0x81, 0xa1, 0x61, 1]) == .map([.init(key: .string("a"), value: .int(1))]))
    }

    @Test("Bytes that are not exactly one value are refused")
    func notOneValue() {
        for bytes: [UInt8] in [
            [], [0xc1], [0xa2, 0x61], [1, 2], [0x92, 1], [0xd3, 0], [0xd8, 1, 2], [0xc6, 0xff, 0xff, 0xff, 0xff],
        ] {
            #expect(decode(bytes) == nil)
        }
    }

    @Test("Sizes that the bytes cannot hold, and depth without end, are refused")
    func claims() {
        #expect(decode([0xdd, 0xff, 0xff, 0xff, 0xff, 1]) == nil)
        #expect(decode([0xdf, 0x7f, 0xff, 0xff, 0xff, 1]) == nil)
        #expect(decode([UInt8](repeating: 0x91, count: 100_000) + [0xc0]) == nil)
        #expect(decode([0xdc, 0xff, 0xff] + [UInt8](repeating: 0xc0, count: 65_535)) != nil)
        #expect(decode([0xdd, 0, 1, 0, 0] + [UInt8](repeating: 0xc0, count: 65_536)) == nil)
    }

    @Test("JSON is valid whatever the value")
    func json() {
        #expect(MessagePackValue.string("a\"\\\n\u{1}é").json == #""a\"\\\n\u0001é""#)
        #expect(MessagePackValue.double(.infinity).json == "null")
        #expect(MessagePackValue.double(-0.001).json == "-0.001")
        #expect(MessagePackValue.map([.init(key: .int(1), value: .array([.bool(false)]))]).json == #"{"1":[false]}"#)
        #expect(MessagePackValue.ext(1, [1, 2, 3, 4]).json == #""AQIDBA==""#)
    }

    @Test("Random bytes are decoded or refused, and never crash")
    func randomBytes() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = decode(bytes)?.json
        }
    }
}
