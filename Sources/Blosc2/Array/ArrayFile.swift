public import Arrays
internal import Platform

/// Writes array files of our own so that nobody ever sees half of one: beside the old one, then renamed over it.
public enum ArrayFile {
    /// Appends rows, item after item in the type's own bytes, along the first dimension.
    public static func append(_ rows: RawSpan, to path: String) throws(ArrayError) {
        _ = try checkedRows(rows.byteCount, of: path)
        try replace(path) { (temporary) throws(ArrayError) in
            try copy(path, to: temporary)
            try LocalArray(opening: temporary).append(rows)
        }
    }

    /// Replaces the rows from `row` on; the array does not grow.
    public static func write(_ rows: RawSpan, at row: Int64, of path: String) throws(ArrayError) {
        let (array, count) = try checkedRows(rows.byteCount, of: path)
        guard row >= 0, let length = array.shape.first, row <= length - count else {
            throw ArrayError(.invalidRequest, "\(path): has no rows \(row) to \(row + count - 1)")
        }
        try replace(path) { (temporary) throws(ArrayError) in
            try copy(path, to: temporary)
            try LocalArray(opening: temporary).write(rows, rows: row..<(row + count))
        }
    }

    /// Makes the array longer, with zeros, or shorter, along its first dimension.
    public static func resize(_ path: String, rows: Int64) throws(ArrayError) {
        let array = try describe(path)
        guard !array.shape.isEmpty, rows >= 0, rows < 1 << 40 else {
            throw ArrayError(.invalidRequest, "\(path): cannot be given \(rows) rows")
        }
        try replace(path) { (temporary) throws(ArrayError) in
            try copy(path, to: temporary)
            try LocalArray(opening: temporary).resize(to: rows)
        }
    }

    /// Makes an array; `fill` gives the bytes of a range of rows, and is asked for one row of chunks at a time.
    public static func create(
        _ path: String, _ description: ArrayDescription, fill: (Range<Int64>, inout OutputRawSpan) -> Void
    ) throws(ArrayError) {
        let itemSize = try description.checkedItemSize()
        let rowBytes = Int(description.shape.dropFirst().saturatingProduct *| Int64(itemSize))
        let rows = description.shape[0]
        try replace(path) { (temporary) throws(ArrayError) in
            var empty = description
            empty.shape[0] = 0
            let array = try LocalArray(creating: temporary, empty)
            guard rowBytes > 0 else { return try array.resize(to: rows) }
            for start in stride(from: 0, to: rows, by: description.chunks[0]) {
                let part = start..<min(start + Int64(description.chunks[0]), rows)
                let bytes = SharedBytes(capacity: part.count * rowBytes) { fill(part, &$0) }
                try bytes.withBytes { (bytes: RawSpan) throws(ArrayError) in try array.append(bytes) }
            }
        }
    }

    /// What kind of array a file holds.
    public static func describe(_ path: String) throws(ArrayError) -> ArrayInfo {
        let source: FileSource
        do {
            source = try FileSource(FileDescriptor(path))
        } catch {
            throw ArrayError(.inputOutput, path, cause: error)
        }
        do throws(ArrayError) {
            guard let array = try FrameInfo(source, FrameLayout(source)).array else {
                throw ArrayError(.invalidRequest, "a frame, but no array")
            }
            return array
        } catch {
            throw ArrayError(error.code, "\(path): \(error.reason)", cause: error.cause)
        }
    }

    /// How many whole rows `byteCount` bytes are.
    private static func checkedRows(
        _ byteCount: Int, of path: String
    ) throws(ArrayError) -> (array: ArrayInfo, rows: Int64) {
        let array = try describe(path)
        guard let itemSize = NumpyType.itemSize(of: array.dtype), !array.shape.isEmpty else {
            throw ArrayError(.invalidRequest, "\(path): an array of \(array.dtype) without rows of numbers")
        }
        let items = array.shape.dropFirst().saturatingProduct
        let (rowBytes, overflow) = items.multipliedReportingOverflow(by: Int64(itemSize))
        guard !overflow, rowBytes > 0, byteCount > 0, Int64(byteCount) % rowBytes == 0 else {
            throw ArrayError(
                .invalidRequest, "\(path): a row has \(items) values; give those of one row, or of several")
        }
        return (array, Int64(byteCount) / rowBytes)
    }
}
