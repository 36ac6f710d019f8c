internal import Arrays
internal import CBlosc2

/// A context for codecs and filters that want to know the shape of blocks: they look it up in a frame that they belong to.
final class ShapeContext {
    let context: OpaquePointer
    private let frame: UnsafeMutablePointer<blosc2_schunk>

    init(_ geometry: ArrayGeometry) throws(ArrayError) {
        _ = Decompression.library
        var parameters = blosc2_get_blosc2_cparams_defaults()
        parameters.typesize = Int32(geometry.itemSize)
        parameters.nthreads = 1
        let made = withUnsafeMutablePointer(to: &parameters) { parameters in
            var storage = blosc2_get_blosc2_storage_defaults()
            storage.cparams = parameters
            return blosc2_schunk_new(&storage)
        }
        guard let frame = made else { throw ArrayError(.inputOutput, "no memory to decompress") }
        var decompression = blosc2_dparams()
        decompression.nthreads = 1
        decompression.schunk = UnsafeMutableRawPointer(frame)
        var shape =
            ArrayMetalayer.content(
                shape: geometry.shape.map(Int64.init), chunks: geometry.chunks, blocks: geometry.blocks, dtype: "|u1")
            ?? []
        guard blosc2_meta_add(frame, "b2nd", &shape, Int32(shape.count)) >= 0,
            let context = blosc2_create_dctx(decompression)
        else {
            blosc2_schunk_free(frame)
            throw ArrayError(.inputOutput, "no memory to decompress")
        }
        self.frame = frame
        self.context = context
    }

    deinit {
        blosc2_free_ctx(context)
        blosc2_schunk_free(frame)
    }
}
