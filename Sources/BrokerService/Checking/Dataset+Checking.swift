import Catalogue
import Wire

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
        if let array {
            if let fault = array.fault { throw refuse("'array': \(fault)") }
            guard (1...ArrayMetadata.typeLimit).contains(array.dtype.utf8.count) else {
                throw refuse("'array': 'dtype' has between 1 and \(ArrayMetadata.typeLimit) bytes")
            }
        }
        if let fault = frame?.fault { throw refuse("'frame': \(fault)") }
    }
}
