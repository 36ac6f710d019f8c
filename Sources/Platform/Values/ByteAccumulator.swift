/// Memory that is filled piece by piece and used again: allocated once, never initialised for nothing.
public struct ByteAccumulator: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    public private(set) var count = 0

    public init(capacity: Int = 64 * 1024) { memory = .allocate(byteCount: max(capacity, 64), alignment: 64) }

    deinit { memory.deallocate() }

    public mutating func append(_ bytes: RawSpan) {
        reserve(count + bytes.byteCount)
        bytes.withUnsafeBytes { source in
            guard source.count > 0 else { return }
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: source)
        }
        count += bytes.byteCount
    }

    /// Forgets the content and keeps the memory.
    public mutating func removeAll() { count = 0 }

    public func withBytes<Result: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> Result) throws(E) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: memory[..<count]).bytes)
    }

    private mutating func reserve(_ needed: Int) {
        guard needed > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, memory.count * 2), alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}

extension [UInt8] {
    /// A copy of borrowed bytes.
    public init(copying bytes: RawSpan) { self = bytes.withUnsafeBytes { [UInt8]($0) } }
}
