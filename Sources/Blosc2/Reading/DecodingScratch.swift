internal import Arrays
internal import CBlosc2
internal import Platform
internal import Synchronization

/// What decompression needs and what is dear to make: a context of C-Blosc2 and memory.
///
/// `@unchecked Sendable`: whoever takes one out of the pool is its only user until it is given back.
final class DecodingScratch: @unchecked Sendable {
    /// Of blocks, as stored.
    var stored = ScratchMemory()
    /// Of blocks, decompressed.
    var decoded = ScratchMemory()
    private var context: OpaquePointer?

    /// How many wait in the pool; more than threads decompress at once are not needed.
    private static let maximumWaiting = 8
    /// One that grew beyond this for a request is not kept for the next.
    private static let maximumKept = 4 << 20
    private static let waiting = Locked<[DecodingScratch]>([])

    deinit { forgetContext() }

    static func with<Result, E: Error>(_ body: (DecodingScratch) throws(E) -> Result) throws(E) -> Result {
        let scratch = waiting.withLock { $0.popLast() } ?? DecodingScratch()
        defer { scratch.giveBack() }
        return try body(scratch)
    }

    private func giveBack() {
        guard stored.bytes.count + decoded.bytes.count <= Self.maximumKept else { return }
        Self.waiting.withLock { if $0.count < Self.maximumWaiting { $0.append(self) } }
    }

    /// A context that decompresses with the calling thread alone.
    func decompressionContext() throws(ArrayError) -> OpaquePointer {
        if let context { return context }
        _ = Decompression.library
        var parameters = blosc2_dparams()
        parameters.nthreads = 1
        guard let made = blosc2_create_dctx(parameters) else {
            throw ArrayError(.inputOutput, "no memory to decompress")
        }
        context = made
        return made
    }

    /// The context keeps memory for blocks of the size that it saw last, and a dictionary.
    func forgetContext() {
        if let context { blosc2_free_ctx(context) }
        context = nil
    }
}
