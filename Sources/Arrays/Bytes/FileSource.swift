public import Platform

/// An open file, with the size that it had when it was looked at.
public struct FileSource: ByteSource, Sendable {
    private let file: FileDescriptor
    public let size: Int64

    /// - Parameter size: the size that the caller has seen; what is beyond is not read.
    public init(_ file: FileDescriptor, size: Int64) {
        self.file = file
        self.size = size
    }

    public init(_ file: FileDescriptor) throws(SystemError) {
        self.init(file, size: try file.identity().size)
    }

    public func read(at offset: Int64, count: Int) throws(SystemError) -> SharedBytes {
        let end = min(offset + Int64(count), size)
        return try file.read(at: offset, count: Int(max(end - offset, 0)))
    }

    public func read(at offset: Int64, count: Int, into span: inout OutputRawSpan) throws(SystemError) {
        let end = min(offset + Int64(count), size)
        try file.read(at: offset, count: Int(max(end - offset, 0)), into: &span)
    }
}
