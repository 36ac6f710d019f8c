internal import CZlib

/// Compresses a body piece by piece, for instance inside ``HTTPResponse/Body/stream(length:_:)``.
public final class GzipStream {
    /// Its address must not change: zlib keeps it.
    private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    public init() {
        state.initialize(to: z_stream())
        // 16 more than the largest window: with the head and the tail of gzip.
        let code = deflateInit2_(
            state, Gzip.level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "zlib could not allocate its 256 KiB")
    }

    deinit {
        deflateEnd(state)
        state.deallocate()
    }

    /// The output that is ready after `bytes`: often none, until enough has come together.
    public func feed(_ bytes: RawSpan) -> [UInt8] {
        bytes.withUnsafeBytes { buffer in
            var output: [UInt8] = []
            // zlib counts in 32 bits.
            for start in stride(from: 0, to: buffer.count, by: 1 << 30) {
                let part = buffer[start..<min(start + 1 << 30, buffer.count)]
                run(UnsafeRawBufferPointer(rebasing: part), Z_NO_FLUSH, &output)
            }
            return output
        }
    }

    /// The rest of the output; nothing may be fed afterwards.
    public func finish() -> [UInt8] {
        var output: [UInt8] = []
        run(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH, &output)
        return output
    }

    private func run(_ input: UnsafeRawBufferPointer, _ flush: Int32, _ output: inout [UInt8]) {
        // zlib does not write to its input, although the type says so.
        state.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        state.pointee.avail_in = UInt32(input.count)
        let room = 32 << 10
        repeat {
            output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                state.pointee.next_out = buffer.baseAddress
                state.pointee.avail_out = UInt32(room)
                deflate(state, flush)
                count = room - Int(state.pointee.avail_out)
            }
        } while state.pointee.avail_out == 0
        state.pointee.next_in = nil
    }
}
