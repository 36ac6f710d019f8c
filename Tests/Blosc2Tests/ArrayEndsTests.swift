import Arrays
import Platform
import Testing

@testable import Blosc2

/// What is read to show the ends of a large array.
@Suite struct ArrayEndsTests {
    @Test("The ends of a large slice are enough to write it", arguments: ["", "::-3, 5:900", ":, :, ::7", "..., 2"])
    func ends(of text: String) throws {
        let shape = [9, 1000, 11]
        let bytes = SharedBytes(capacity: shape.itemCount * 4) { span in
            for number in 0..<shape.itemCount { span.append(Int32(number * number % 9973), as: Int32.self) }
        }
        let frame = try ArrayValues(shape: shape, dtype: "<i4", itemSize: 4, bytes: bytes).frame()
        let reader = try ArrayReader(MemorySource(frame))
        let slice = try SliceExpression(parsing: text).resolved(for: shape.map(Int64.init))
        let indices = try #require(IndexExpression.ends(of: slice))
        #expect(try IndexExpression(parsing: indices.json) == indices)
        let ends = try reader.read(reader.selection(indices))
        let whole = try reader.read(Selection(slice, of: reader.geometry))
        #expect(ends.bytes.count < 4000)
        #expect(try ArrayText(ends: ends, of: slice.shape).text == ArrayText(whole).text)
        #expect(throws: ArrayError.self) { try ArrayText(ends: ends, of: [3, 4]) }
        #expect(try IndexExpression.ends(of: SliceExpression(parsing: "0, 0:90").resolved(for: [9, 1000, 11])) == nil)
    }
}
