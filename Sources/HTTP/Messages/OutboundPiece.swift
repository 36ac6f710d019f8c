internal import Glibc
internal import Platform

/// A part of a streamed body, on its way to the send buffer.
enum OutboundPiece: Sendable {
    case bytes(SharedBytes)
    /// Read when it is sent: it should be in the page cache.
    case file(FileDescriptor, offset: Int64, length: Int)

    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(_, _, let length): length
        }
    }

    /// Fills all of `target` with what is at `offset` of the piece; false when a file has become shorter.
    func fill(_ target: UnsafeMutableRawBufferPointer, from offset: Int) -> Bool {
        switch self {
        case .bytes(let bytes):
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.pointer[offset..<offset + target.count]))
            return true
        case .file(let file, let start, _):
            var done = 0
            while done < target.count {
                let position = off_t(start) + off_t(offset + done)
                let count = pread(file.raw, target.baseAddress! + done, target.count - done, position)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                done += count
            }
            return true
        }
    }
}
