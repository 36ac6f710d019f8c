/// The names of NumPy's types.
public enum NumpyType {
    private static let sizes: [Character: (name: String, bytes: [Int])] = [
        "i": ("int", [1, 2, 4, 8]), "u": ("uint", [1, 2, 4, 8]), "f": ("float", [2, 4, 8, 16]),
        "c": ("complex", [8, 16, 32]),
    ]

    /// What `str(numpy.dtype(dtype))` is: `<i8` gives `int64`; types that are not native keep their code: `>f8`, `|S5`.
    public static func name(of dtype: String) -> String {
        guard let order = dtype.first, "<|=".contains(order), dtype.utf8.count <= 64 else { return dtype }
        let code = dtype.dropFirst()
        guard let kind = code.first else { return dtype }
        let rest = code.dropFirst()
        switch kind {
        case "b" where rest == "1": return "bool"
        case "O": return "object"
        case "M" where rest.hasPrefix("8"): return "datetime64" + rest.dropFirst()
        case "m" where rest.hasPrefix("8"): return "timedelta64" + rest.dropFirst()
        default:
            guard let (name, bytes) = sizes[kind], let size = Int(rest), bytes.contains(size) else { return dtype }
            return name + String(8 * size)
        }
    }

    /// How many bytes an item of a plain numeric type has: `<f4` gives 4; nil for anything else.
    public static func itemSize(of dtype: String) -> Int? {
        guard let kind = dtype.dropFirst().first, let size = Int(dtype.dropFirst(2)) else { return nil }
        if kind == "b" { return size == 1 ? 1 : nil }
        return sizes[kind]?.bytes.contains(size) == true ? size : nil
    }
}
