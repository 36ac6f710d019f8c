import Catalogue

extension Dataset {
    /// Refuses what no publisher may say of a dataset: the catalogue goes to everybody.
    func check() throws(Refusal) {
        func refuse(_ what: String) -> Refusal { Refusal(400, "'\(path)': \(what)") }
        if !Self.sizes.contains(size) { throw refuse("'size' is no number of bytes that a file has") }
        if !modified.isFinite || abs(modified) > 1e12 { throw refuse("'modified' is no time in seconds since 1970") }
        if mediaType.isEmpty || mediaType.utf8.count > 255 || mediaType.utf8.contains(where: { $0 < 32 || $0 >= 127 }) {
            throw refuse("'mediaType' is no media type")
        }
        if let warning, warning.utf8.count > 1024 { throw refuse("'warning' has more than 1024 bytes") }
        if let attributes {
            guard !JSONValue.object(attributes).isSurelyLonger(than: Self.attributesLimit),
                WireJSON.encode(attributes).count <= Self.attributesLimit
            else {
                throw refuse("'attributes' take more than \(Self.attributesLimit) bytes: leave them out, and say so")
            }
        }
        if let array, let fault = array.fault { throw refuse("'array': \(fault)") }
        if let frame, let fault = frame.fault { throw refuse("'frame': \(fault)") }
    }
}

extension ArrayMetadata {
    fileprivate var fault: String? {
        // C-Blosc2's B2ND_MAX_DIM.
        if shape.count > 16 { return "'shape' has more than 16 dimensions" }
        if chunks.count != shape.count || blocks.count != shape.count {
            return "'shape', 'chunks' and 'blocks' have different numbers of dimensions"
        }
        if (shape + chunks + blocks).contains(where: { $0 < 0 }) { return "an extent is negative" }
        guard (1...Self.typeLimit).contains(dtype.utf8.count) else {
            return "'dtype' has between 1 and \(Self.typeLimit) bytes"
        }
        return nil
    }
}

extension FrameMetadata {
    fileprivate var fault: String? {
        if [nbytes, cbytes, chunkSize, blockSize, typeSize, chunkCount].contains(where: { $0 < 0 }) {
            return "a size is negative"
        }
        if filters.count > 16 || filtersMeta.count > 16 { return "more than 16 filters" }
        return nil
    }
}
