import Testing

@testable import Arrays

@Suite struct NumpyTypeTests {
    @Test(
        "Types have NumPy's names",
        arguments: [
            ("<i8", "int64"), ("|i1", "int8"), ("<u2", "uint16"), ("<f4", "float32"), ("<f2", "float16"),
            ("|b1", "bool"), ("<c16", "complex128"), ("<M8[s]", "datetime64[s]"), ("<m8[25us]", "timedelta64[25us]"),
            (">f8", ">f8"), ("|S5", "|S5"), ("<U7", "<U7"), ("|V6", "|V6"), ("float32", "float32"), ("", ""),
            ("<", "<"),
            ("<f5", "<f5"), ("<i99999999999999999999", "<i99999999999999999999"), ("[('a', '<i4')]", "[('a', '<i4')]"),
        ])
    func numpyNames(dtype: String, name: String) { #expect(NumpyType.name(of: dtype) == name) }
}
