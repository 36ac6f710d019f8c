/// Immutable bytes with a stable, 64-byte aligned address, shared by reference count.
///
/// What travels from disk or codec to a socket without being copied: C code may keep the address as long as it holds a
/// reference, which an `[UInt8]` does not allow.
public final class SharedBytes: Sendable {
    // Safe to share: the memory is written in `init` only, before any other reference exists.
    nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer

    public var count: Int { storage.count }

    /// Fills up to `capacity` bytes of uninitialised memory.
    public init<E: Error>(
        capacity: Int, initializingWith fill: (inout OutputRawSpan) throws(E) -> Void
    ) throws(E) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        var span = OutputRawSpan(buffer: memory, initializedCount: 0)
        do {
            try fill(&span)
        } catch {
            memory.deallocate()
            throw error
        }
        let count = span.finalize(for: memory)
        storage = UnsafeMutableRawBufferPointer(start: memory.baseAddress, count: count)
    }

    /// Copies `bytes`.
    public init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(byteCount: bytes.count, alignment: 64)
        storage.copyBytes(from: bytes)
    }

    /// Copies borrowed bytes.
    public convenience init(copying bytes: RawSpan) {
        self.init(capacity: bytes.byteCount) { span in
            bytes.withUnsafeBytes { source in
                span.withUnsafeMutableBytes { target, count in
                    target.copyMemory(from: source)
                    count = source.count
                }
            }
        }
    }

    /// Copies the UTF-8 of `text`.
    public convenience init(_ text: String) { self.init(text.utf8) }

    deinit { storage.deallocate() }

    /// Borrows the bytes for one call.
    public func withBytes<Result: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> Result) throws(E) -> Result {
        try body(UnsafeRawBufferPointer(storage).bytes)
    }

    /// A copy.
    public var array: [UInt8] { [UInt8](storage) }

    /// For wrappers of C libraries: valid for as long as the caller holds a reference to `self`.
    package var pointer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(storage) }
}
