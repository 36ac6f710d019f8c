import FoundationEssentials
import Platform
import TestSupport
import Testing

@testable import Arrays

@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs python-blosc2"), .patient)
struct ArrayTextTests {
    private static let count = Environment.current["BPUBSUB_TEXTS"].flatMap { Int($0) } ?? 1500
    private static let seed = Environment.current["BPUBSUB_SEED"].flatMap { Int($0) } ?? 1

    @Test("An array is written as NumPy writes it, byte for byte")
    func likeNumPy() throws {
        try withTemporaryFolder("texts") { folder in
            try TestPython.run(textCasesScript, "\(Self.seed) \(Self.count)", in: folder)
            let lines = String(decoding: try SliceCases.read("\(folder)/texts").array, as: UTF8.self)
            var failures = 0
            for line in lines.split(separator: "\n") {
                let one = try TextCase(line)
                let text = try ArrayText(one.values, isFull: one.isFull).text
                if text == one.text { continue }
                failures += 1
                guard failures < 10 else { continue }
                let lines = zip(one.text.split(separator: "\n"), text.split(separator: "\n"))
                let first = lines.first { $0 != $1 } ?? (one.text.prefix(80), text.prefix(80))
                Issue.record("\(one.values.dtype ?? "") \(one.values.shape)\n\(first.0)\n\(first.1)")
            }
            #expect(failures == 0)
        }
    }

    @Test("Numbers are exact, and NaN is null, in JSON")
    func json() throws {
        func json(_ dtype: String, _ shape: [Int], _ bytes: [UInt8], size: Int) throws -> String {
            try ArrayValues(shape: shape, dtype: dtype, itemSize: size, bytes: SharedBytes(bytes)).json()
        }
        func bytes<Value>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
        #expect(try json("<f8", [2, 2], bytes([1, 0.1, Double.nan, 1e300]), size: 8) == "[[1.0,0.1],[null,1e+300]]")
        #expect(try json("<f4", [], bytes([Float(0.1)]), size: 4) == "0.1")
        #expect(try json("|b1", [3], [0, 1, 7], size: 1) == "[false,true,true]")
        #expect(try json("<u8", [1], bytes([UInt64.max]), size: 8) == "[18446744073709551615]")
        #expect(try json("<c8", [1], bytes([Float(1), -2]), size: 8) == "[[1.0,-2.0]]")
        #expect(try json("|S3", [2], Array("a\"\0abc".utf8), size: 3) == "[\"a\\\"\",\"abc\"]")
        #expect(try json("<M8[s]", [2], bytes([0, Int64.min]), size: 8) == "[\"1970-01-01T00:00:00\",null]")
        #expect(try json("<f4", [0, 3], [], size: 4) == "[]")
        let structure = "[('a', '|u1'), ('v', '<i2', (2,))]"
        #expect(try json(structure, [1], [7, 1, 0, 2, 0], size: 5) == "[{\"a\":7,\"v\":[1,2]}]")
    }

    @Test("A type that does not fit its items is refused")
    func foreignTypes() {
        for dtype in ["<q8", "[('a', '<i4')]", "nonsense", "|O8", "<f4", "[", ""] {
            let values = ArrayValues(
                shape: [1], dtype: dtype, itemSize: 8, bytes: SharedBytes([UInt8](repeating: 0, count: 8)))
            #expect(throws: ArrayError.self) { try ArrayText(values) }
            #expect(throws: ArrayError.self) { try values.json() }
        }
    }
}

/// A line of what the script wrote.
private struct TextCase: Decodable {
    let values: ArrayValues
    let text: String
    let isFull: Bool

    init(_ line: Substring) throws { self = try JSONDecoder().decode(TextCase.self, from: Data(line.utf8)) }

    init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        let dtype = try parts.decode(String.self)
        let shape = try parts.decode([Int].self)
        let hex = Array(try parts.decode(String.self).utf8)
        func digit(_ byte: UInt8) -> UInt8 { byte < 0x40 ? byte - 0x30 : byte - 0x57 }
        let bytes = stride(from: 0, to: hex.count, by: 2).map { digit(hex[$0]) << 4 | digit(hex[$0 + 1]) }
        values = ArrayValues(
            shape: shape, dtype: dtype, itemSize: ItemType(parsing: dtype)?.size ?? 1, bytes: SharedBytes(bytes))
        text = try parts.decode(String.self)
        isFull = try parts.decode(Bool.self)
    }
}
