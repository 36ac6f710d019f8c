public import Platform

/// Where the bytes of an array come from: a file, memory.
public protocol ByteSource {
    var size: Int64 { get }

    /// Up to `count` bytes at `offset`, fewer only at the end.
    func read(at offset: Int64, count: Int) throws(SystemError) -> SharedBytes

    /// Appends up to `count` bytes at `offset`, fewer only at the end.
    func read(at offset: Int64, count: Int, into span: inout OutputRawSpan) throws(SystemError)
}

extension ByteSource {
    public func read(at offset: Int64, count: Int, into span: inout OutputRawSpan) throws(SystemError) {
        let bytes = try read(at: offset, count: count)
        span.withUnsafeMutableBytes { buffer, initialized in
            let length = min(bytes.count, buffer.count - initialized)
            UnsafeMutableRawBufferPointer(rebasing: buffer[initialized..<(initialized + length)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.pointer[..<length]))
            initialized += length
        }
        withExtendedLifetime(bytes) {}
    }

    /// Exactly `range`, or an error that names `part`.
    package func bytes(_ range: Range<Int64>, of part: String) throws(ArrayError) -> SharedBytes {
        guard range.lowerBound >= 0, range.upperBound <= size else {
            throw .corrupt("\(part): ends at \(range.upperBound), behind the end of the file at \(size)")
        }
        let bytes: SharedBytes
        do {
            bytes = try read(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
        } catch {
            throw ArrayError(.inputOutput, part, cause: error)
        }
        guard bytes.count == range.upperBound - range.lowerBound else {
            throw ArrayError(.inputOutput, "\(part): the file became shorter while it was read")
        }
        return bytes
    }
}
