internal import CSQLite

/// One row of a result, for the time of the call that receives it. Columns count from zero.
///
/// A column of another type is converted as SQLite does it, a null to zero or to nothing; the `optional…` forms tell
/// nulls apart.
public struct Row: ~Copyable {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    public func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    public func int64(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }
    public func int(_ column: Int) -> Int { Int(int64(column)) }
    public func uint64(_ column: Int) -> UInt64 { UInt64(bitPattern: int64(column)) }
    public func bool(_ column: Int) -> Bool { int64(column) != 0 }
    public func double(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }

    public func string(_ column: Int) -> String {
        // The text first: asking for the length may convert the value and move it.
        guard let text = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    public func bytes(_ column: Int) -> [UInt8] { withBytes(column) { $0.withUnsafeBytes { [UInt8]($0) } } }

    /// Borrows a blob or text where SQLite has it.
    public func withBytes<R, E: Error>(_ column: Int, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let start = sqlite3_column_blob(statement, Int32(column))
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(statement, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: count).bytes)
    }

    public func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }
    public func optionalDouble(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }
    public func optionalString(_ column: Int) -> String? { isNull(column) ? nil : string(column) }
    public func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
}
