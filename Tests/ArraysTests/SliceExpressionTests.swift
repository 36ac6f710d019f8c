import Testing

@testable import Arrays

@Suite struct SliceExpressionTests {
    private func shape(_ text: String, _ shape: [Int64]) throws -> [Int] {
        try SliceExpression(parsing: text).resolved(for: shape).shape
    }

    private func positions(_ text: String, _ size: Int64) throws -> [Int] {
        let axis = try SliceExpression(parsing: text).resolved(for: [size]).axes[0]
        return (0..<axis.count).map { axis.start + $0 * axis.step }
    }

    @Test("A slice means the positions that it means in NumPy")
    func positionsOfOneAxis() throws {
        let cases: [(String, [Int])] = [
            ("", [0, 1, 2, 3, 4]), (":", [0, 1, 2, 3, 4]), ("::", [0, 1, 2, 3, 4]), ("...", [0, 1, 2, 3, 4]),
            ("1:3", [1, 2]), ("3:1", []), ("-2:", [3, 4]), (":-2", [0, 1, 2]), ("::2", [0, 2, 4]), ("1::2", [1, 3]),
            ("::-1", [4, 3, 2, 1, 0]), ("3:0:-1", [3, 2, 1]), ("10:0:-2", [4, 2]), (":2:-1", [4, 3]),
            ("-1:-100:-3", [4, 1]), ("0:100", [0, 1, 2, 3, 4]), ("100:", []), ("4:4", []), ("2", [2]), ("-1", [4]),
            (" 1 : 4 : 2 ", [1, 3]), ("+1:+3", [1, 2]), ("::99999999999999999999999", [0]), ("0:,", [0, 1, 2, 3, 4]),
            ("-99999999999999999999999:99999999999999999999999", [0, 1, 2, 3, 4]), ("::-99999999999999999999999", [4]),
        ]
        for (text, expected) in cases { #expect(try positions(text, 5) == expected, "\(text)") }
        #expect(try positions("::-1", 0).isEmpty)
    }

    @Test("Indices drop their dimension, an ellipsis stands for those that are missing")
    func shapes() throws {
        let cases: [(String, [Int])] = [
            ("", [4, 5, 6]), ("1", [5, 6]), ("1, 2", [6]), ("1,2,3", []), ("..., 0", [4, 5]), ("0, ...", [5, 6]),
            ("0, ..., 0", [5]), ("0:2, ..., ::5", [2, 5, 2]), ("1, 2, 3, ...", []), ("..., 1, 2, 3", []),
            (":, 1", [4, 6]), ("0:0", [0, 5, 6]), ("1,", [5, 6]), ("::-2, -1", [2, 6]), ("Ellipsis, 1", [4, 5]),
        ]
        for (text, expected) in cases { #expect(try shape(text, [4, 5, 6]) == expected, "\(text)") }
        #expect(try shape("", []) == [])
        #expect(try shape("...", []) == [])
        let most = [Int64](repeating: 2, count: 16)
        #expect(try shape(most.map { _ in "-1:" }.joined(separator: ","), most) == most.map { _ in 1 })
    }

    @Test("What does not fit the array is refused in NumPy's words")
    func misfits() throws {
        let cases: [(String, [Int64], String)] = [
            ("5000", [1000], "index 5000 is out of bounds for axis 0 with size 1000"),
            ("0, -4", [9, 3], "index -4 is out of bounds for axis 1 with size 3"),
            ("..., 3", [9, 3], "index 3 is out of bounds for axis 1 with size 3"),
            ("0, 1", [9], "too many indices for array: array is 1-dimensional, but 2 were indexed"),
            ("0", [], "too many indices for array: array is 0-dimensional, but 1 were indexed"),
            ("0", [0], "index 0 is out of bounds for axis 0 with size 0"),
            ("..., ...", [3], "an index can only have a single ellipsis ('...')"),
        ]
        for (text, shape, reason) in cases {
            let error = #expect(throws: ArrayError.self) { try SliceExpression(parsing: text).resolved(for: shape) }
            #expect(error?.reason == reason)
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test(
        "Text that is no slice is refused",
        arguments: [
            "a", "1:b", "1.5", "1:2:3:4", "1,,2", ",", "--1", "- 1", "1 2", "::0", "None", "0, None", "np.newaxis",
            "[1]", "0x10",
            "１", "1_000", "slice(1)", "-", "+", ":-", "..", "....", "1;2", "\u{0}", "é:1",
        ])
    func nonsense(text: String) {
        let error = #expect(throws: ArrayError.self) { try SliceExpression(parsing: text) }
        #expect(error?.reason.hasPrefix("slice_ is not a slice: ") == true)
        #expect(error?.code == .invalidRequest)
    }

    @Test("Hostile text costs next to nothing, and is not sent back")
    func hostileText() {
        for text in [
            String(repeating: "1,", count: 1_000_000), String(repeating: ":", count: 2000),
            String(repeating: " ", count: 5_000_000), String(repeating: "9", count: 2000) + "a",
        ] {
            let error = #expect(throws: ArrayError.self) { try SliceExpression(parsing: text).resolved(for: [5]) }
            #expect(error.map { $0.reason.utf8.count < 200 } == true)
        }
    }

    @Test("A slice can be written and read again")
    func descriptions() throws {
        for text in ["", "1", "-1, 2:3", "::2", "..., 5", "1:, :-1:-2", ":"] {
            #expect(try SliceExpression(parsing: text).description == text)
        }
    }
}
