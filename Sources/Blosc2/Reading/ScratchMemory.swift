/// Memory that is used again and again, and grows when more is needed.
struct ScratchMemory: ~Copyable {
    private(set) var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)

    deinit { bytes.deallocate() }

    /// At least `count` bytes; what was there may be gone.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if bytes.count < count {
            bytes.deallocate()
            bytes = .allocate(byteCount: count, alignment: 64)
        }
        return bytes
    }
}
