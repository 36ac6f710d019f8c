public import Platform

/// Where the bytes of a frame come from: a file, memory.
public protocol ByteSource {
    var size: Int64 { get }

    /// Up to `count` bytes at `offset`, fewer only at the end.
    func read(at offset: Int64, count: Int) throws(SystemError) -> SharedBytes
}

extension ByteSource {
    /// Exactly `range`, or an error that names `part`.
    func bytes(_ range: Range<Int64>, of part: String) throws(Blosc2Error) -> SharedBytes {
        guard range.lowerBound >= 0, range.upperBound <= size else {
            throw .corrupt("\(part): ends at \(range.upperBound), behind the end of the file at \(size)")
        }
        let bytes: SharedBytes
        do {
            bytes = try read(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
        } catch {
            throw Blosc2Error(.inputOutput, part, cause: error)
        }
        guard bytes.count == range.upperBound - range.lowerBound else {
            throw Blosc2Error(.inputOutput, "\(part): the file became shorter while it was read")
        }
        return bytes
    }
}
