/// Makes any text safe within a URL.
public enum PercentEncoding {
    /// A path: `/` stays, everything that is not surely harmless becomes `%XX`, byte by byte.
    public static func path(_ path: String) -> String { encoded(path, keeping: "/-._~!(),:=@") }

    /// A name or a value of a query.
    public static func query(_ text: String) -> String { encoded(text, keeping: "-._~") }

    private static func encoded(_ text: String, keeping safe: StaticString) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122: bytes.append(byte)
            case _ where safe.withUTF8Buffer({ $0.contains(byte) }): bytes.append(byte)
            default: bytes += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
