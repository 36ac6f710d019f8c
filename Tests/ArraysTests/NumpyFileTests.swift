import Platform
import Testing

@testable import Arrays

/// Values as files of NumPy; that NumPy loads them, the views' tests see.
@Suite struct NumpyFileTests {
    /// The head of a file with one item of this type: its format, and the text.
    private static func head(_ dtype: String, itemSize: Int) throws -> (format: UInt8, text: String) {
        let bytes = SharedBytes([UInt8](repeating: 0, count: itemSize))
        let file = ArrayValues(shape: [1], dtype: dtype, itemSize: itemSize, bytes: bytes).npy.array
        let lengthSize = file[6] == 1 ? 2 : 4
        let length = (0..<lengthSize).reduce(0) { $0 | Int(file[8 + $1]) << (8 * $1) }
        #expect(file.count == 8 + lengthSize + length + itemSize && (file.count - itemSize) % 64 == 0)
        let text = String(decoding: file[(8 + lengthSize)..<(file.count - itemSize)], as: UTF8.self)
        return (file[6], text.trimmingTrailingSpace)
    }

    @Test("The head tells type and shape", arguments: ["<f4", ">i2", "|S5", "<U7", "<M8[25us]", "<c16"])
    func plainTypes(_ code: String) throws {
        let size = try #require(ItemType(parsing: code)).size
        let head = try Self.head(code, itemSize: size)
        #expect(head == (1, "{'descr': '\(code)', 'fortran_order': False, 'shape': (1,), }"))
    }

    @Test("Gaps are entries without a name, in the order of the bytes")
    func gaps() throws {
        let table = "{'names': ['b', 'a'], 'formats': [('<f8', (2,)), '<i4'], 'offsets': [16, 4], 'itemsize': 40}"
        let head = try Self.head(table, itemSize: 40)
        #expect(
            head.text.hasPrefix(
                "{'descr': [('', '|V4'), ('a', '<i4'), ('', '|V8'), ('b', '<f8', (2,)), ('', '|V8')], "))
    }

    @Test("Letters and long types have a head of another format")
    func letters() throws {
        #expect(try Self.head("[('größe', '<i4')]", itemSize: 4).format == 3)
        let fields = (0..<3000).map { "('a field with a number, \($0)', '|u1')" }.joined(separator: ", ")
        let head = try Self.head("[\(fields)]", itemSize: 3000)
        #expect(head.format == 3 && head.text.contains("a field with a number, 2999"))
    }
}

extension String {
    fileprivate var trimmingTrailingSpace: String {
        String(reversed().drop { $0.isWhitespace }.reversed())
    }
}
