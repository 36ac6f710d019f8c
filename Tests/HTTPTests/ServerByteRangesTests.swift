import Testing

@testable import HTTP

@Suite struct ServerByteRangesTests {
    static let table: [(String?, Int64, ByteRanges)] = [
        (nil, 10, .whole), ("bytes=0-0", 10, .ranges([0..<1])), ("bytes=0-", 10, .ranges([0..<10])),
        ("bytes=3-5", 10, .ranges([3..<6])), ("bytes=-4", 10, .ranges([6..<10])), ("bytes=-40", 10, .ranges([0..<10])),
        ("bytes=5-100", 10, .ranges([5..<10])), ("bytes=9-9", 10, .ranges([9..<10])), ("bytes=10-", 10, .unsatisfiable),
        ("bytes=10-12", 10, .unsatisfiable), ("bytes=-0", 10, .unsatisfiable), ("BYTES = 1-2", 10, .ranges([1..<3])),
        ("bytes= 1-2 ,\t4-5", 10, .ranges([1..<3, 4..<6])), ("bytes=4-5,1-2", 10, .ranges([1..<3, 4..<6])),
        ("bytes=1-2,3-4", 10, .ranges([1..<5])), ("bytes=1-6,2-3", 10, .ranges([1..<7])),
        ("bytes=0-1,20-30", 10, .ranges([0..<2])), ("bytes=0-0,-1", 10, .ranges([0..<1, 9..<10])),
        ("bytes=,0-1,,", 10, .ranges([0..<2])), ("bytes=", 10, .whole), ("bytes=,", 10, .whole),
        ("bytes=5-3", 10, .whole), ("bytes=a-b", 10, .whole), ("bytes=1", 10, .whole), ("bytes=-", 10, .whole),
        ("bytes=--1", 10, .whole), ("bytes=1-2-3", 10, .whole), ("bytes=+1-2", 10, .whole), ("bytes=1 -2", 10, .whole),
        ("bytes=0-1,x", 10, .whole), ("items=0-1", 10, .whole), ("0-1", 10, .whole), ("", 10, .whole),
        ("bytes=0-99999999999999999999999", 10, .ranges([0..<10])),
        ("bytes=99999999999999999999999-", 10, .unsatisfiable),
        ("bytes=-99999999999999999999999", 10, .ranges([0..<10])),
        ("bytes=0-", 0, .unsatisfiable), ("bytes=0-0", 0, .unsatisfiable), ("bytes=-5", 0, .whole),
        ("bytes=9223372036854775806-", .max, .ranges([9_223_372_036_854_775_806..<Int64.max])),
        ("bytes=5000000000-5000000009", 1 << 40, .ranges([5_000_000_000..<5_000_000_010])),
    ]

    @Test(arguments: table.indices)
    func readsTheHeader(index: Int) {
        let (header, length, expected) = Self.table[index]
        #expect(ByteRanges(header, length: length) == expected, "\(header ?? "none") of \(length)")
    }

    @Test func upToTheLimitOfRangesAndNotOneMore() {
        let many = (0..<ByteRanges.limit).map { "\($0 * 2)-\($0 * 2)" }
        let expected = (0..<Int64(ByteRanges.limit)).map { $0 * 2..<$0 * 2 + 1 }
        #expect(ByteRanges("bytes=" + many.joined(separator: ","), length: 10_000) == .ranges(expected))
        #expect(ByteRanges("bytes=" + (many + ["9000-9000"]).joined(separator: ","), length: 10_000) == .tooMany)
        // Whatever comes behind them.
        #expect(ByteRanges("bytes=" + (many + ["9-9", "x"]).joined(separator: ","), length: 10_000) == .tooMany)
    }

    @Test func randomBytesAreNeverARangeOutsideTheBody() {
        let alphabet = Array("bytes=0123456789-,, ;x")
        for _ in 0..<20_000 {
            let text = "bytes=" + String((0..<Int.random(in: 0...12)).map { _ in alphabet.randomElement()! })
            let length = Int64.random(in: 0...40)
            guard case .ranges(let ranges) = ByteRanges(text, length: length) else { continue }
            #expect(
                !ranges.isEmpty && ranges.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= length })
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        }
    }

    @Test(arguments: [
        ("\"a\"", false), ("W/\"a\"", false), ("\"b\"", true), ("\"b\", \"a\"", false), ("\"b\",W/\"a\" ,\"c\"", false),
        ("*", false), (" * ", true), ("a", true), ("\"a", true), ("\"b\" \"c,a\"", true), ("\"x,\"", true), ("", true),
    ])
    func ifNoneMatchComparesWeakly(header: String, isNew: Bool) {
        #expect(EntityTag("a").satisfiesNone(ofHeader: header) == isNew)
    }

    @Test(arguments: [
        ("\"a\"", true), ("W/\"a\"", false), ("\"b\"", false), ("\"b\", \"a\"", true),
        ("Wed, 21 Oct 2015 07:28:00 GMT", false), ("*", false), ("", false),
    ])
    func ifRangeComparesStrongly(header: String, same: Bool) {
        #expect(EntityTag("a").matches(header, allowingAny: false) == same)
    }
}
