import Testing

@testable import Arrays

@Suite struct IndexExpressionTests {
    private func selection(_ text: String, shape: [Int64]) throws -> Selection {
        let sizes = shape.map { max(Int($0), 1) }
        let geometry = try ArrayGeometry(shape: shape, chunks: sizes, blocks: sizes, itemSize: 1)
        return try Selection(IndexExpression(parsing: text), of: geometry)
    }

    /// What items of an array 0, 1, 2, … are gathered.
    private func values(_ text: String, shape: [Int64]) throws -> [Int] {
        let selection = try selection(text, shape: shape)
        let strides = shape.map(Int.init).strides
        var values = [Int](repeating: -1, count: selection.itemCount)
        for point in selection.points {
            var odometer = Odometer(selection.ranges.map(\.count))
            while odometer.advance() {
                var (item, result) = (point.item, point.result)
                for (axis, digit) in zip(selection.ranges, odometer.digits) {
                    item += (axis.first + digit * axis.step) * strides[axis.dimension]
                    result += axis.result + digit * axis.resultStride
                }
                values[result] = item
            }
        }
        return values
    }

    @Test("Lists gather as in NumPy")
    func shapes() throws {
        let cases: [(String, [Int])] = [
            ("[[1,3,2]]", [3, 5, 6]), ("[[1,2],null]", [2, 5, 6]), ("[[1,2],\"0:3\"]", [2, 3, 6]), ("[]", [4, 5, 6]),
            ("[[1,2],[3,4]]", [2, 6]), ("[[1,2],[3]]", [2, 6]), ("[[1,2],3]", [2, 6]), ("[null,[1,2]]", [4, 2, 6]),
            ("[null,[1,2],[0,0]]", [4, 2]), ("[[1,2],null,[0,0]]", [2, 5]), ("[1,null,[0,0,0]]", [3, 5]),
            ("[[0,1],\"::2\",3]", [2, 3]), ("[1,2]", [6]), ("[\"1:3\",2,null]", [2, 6]), ("[[]]", [0, 5, 6]),
            ("[[[0,1],[2,3]]]", [2, 2, 5, 6]), ("[[[0],[1]],[0,1,2]]", [2, 3, 6]),
            ("[null,\"::-2\",[5,-6]]", [4, 3, 2]),
            ("[[0],[]]", [0, 6]), ("[[-1]]", [1, 5, 6]), (" [ [ 1 , 2 ] , null ] ", [2, 5, 6]),
        ]
        for (text, shape) in cases { #expect(try selection(text, shape: [4, 5, 6]).shape == shape, "\(text)") }
    }

    @Test("Each item goes where NumPy puts it")
    func gatheredItems() throws {
        #expect(try values("[[3,0,3]]", shape: [4]) == [3, 0, 3])
        #expect(try values("[[1,0],[2,1]]", shape: [2, 3]) == [5, 1])
        #expect(try values("[[1,0],\"::-1\"]", shape: [2, 3]) == [5, 4, 3, 2, 1, 0])
        #expect(try values("[null,[2,0]]", shape: [2, 3]) == [2, 0, 5, 3])
        #expect(try values("[[0,1],null,[1,0]]", shape: [2, 2, 2]) == [1, 3, 4, 6])
        #expect(try values("[[[0],[1]],[0,2]]", shape: [2, 3]) == [0, 2, 3, 5])
    }

    @Test("What cannot be gathered is refused in words that clients look for")
    func refusals() throws {
        let cases = [
            ("", "not JSON"), ("[[1,2]", "not JSON"), ("[1]x", "not JSON"), ("[1,]", "not JSON"), ("[nul]", "not JSON"),
            ("nonsense", "JSON list"), ("5", "JSON list"), ("{\"a\":1}", "not an integer"), ("[{}]", "not an integer"),
            ("[[{}]]", "not an integer"), ("[[true]]", "only integers"), ("[false]", "only integers"),
            ("[[1.5]]", "not an integer"), ("[[1e3]]", "not an integer"), ("[[null]]", "only integers"),
            ("[[9]]", "index 9 is out of bounds for axis 0 with size 4"), ("[null,[-6]]", "out of bounds for axis 1"),
            ("[[9999999999999999999999]]", "out of bounds"), ("[[0],[9],\"0:0\"]", "out of bounds"),
            ("[0,0,0,0]", "too many indices"), ("[[1,2],[1,2,3]]", "could not be broadcast"),
            ("[\"a\"]", "not a slice"),
            ("[\"1\"]", "not a slice"), ("[[1,[2]]]", "different shapes"), ("[[[[[[[[[[1]]]]]]]]]]", "too deeply"),
            ("[[1,2],[[1],[2,3]]]", "different shapes"), ("[\"1:2\\u0020\"]", "not JSON"), ("[-]", "not JSON"),
        ]
        for (text, words) in cases {
            let error = #expect(throws: ArrayError.self) { try selection(text, shape: [4, 5, 6]) }
            #expect(error?.reason.contains(words) == true, "\(text): \(error?.reason ?? "")")
        }
    }

    @Test("Too much is refused before it costs anything")
    func limits() {
        let many = "[[" + String(repeating: "0,", count: 1_000_001) + "0]]"
        let error = #expect(throws: ArrayError.self) { try selection(many, shape: [4]) }
        #expect(error?.reason.contains("batches") == true)
        let long = "[[" + String(repeating: " ", count: 9 << 20) + "0]]"
        #expect(
            #expect(throws: ArrayError.self) { try IndexExpression(parsing: long) }?.reason.contains("at most") == true
        )
        // Two lists of a thousand, one upright, name a million; one more does not.
        let upright = "[" + Array(repeating: "[0]", count: 1001).joined(separator: ",") + "]"
        let level = "[" + Array(repeating: "0", count: 1000).joined(separator: ",") + "]"
        let product = #expect(throws: ArrayError.self) { try selection("[\(upright),\(level)]", shape: [4, 5]) }
        #expect(product?.code == .tooLarge)
    }
}
