import Catalogue
import Digests
import HTTP

extension HTTPRequest {
    /// Tells answers of one version apart by what was asked for.
    ///
    /// - Parameter other: what the bytes of the answer depend on besides.
    func queryDigest(_ other: [UInt8] = []) -> String {
        let hasher = SHA256()
        hasher.update(other)
        for (name, value) in query { hasher.update([UInt8]("\(name)=\(value)&".utf8)) }
        return String(hasher.finish().description.prefix(16))
    }
}
