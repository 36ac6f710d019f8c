import Catalogue
import Wire

/// A claim whose every field is usable.
struct CheckedClaim: Sendable {
    let identity: PublisherIdentity
    let urls: [String]
    let `class`: String
    let announced: UInt64?
    let away: Bool?
    let instance: String?
}

extension Claim {
    func checked() throws(Refusal) -> CheckedClaim {
        guard let identity = PublisherIdentity(secret: secret) else {
            throw Refusal(400, "'secret' is 64 lower-case hexadecimal digits")
        }
        guard (1...16).contains(urls.count) else {
            throw Refusal(400, "'urls' holds between 1 and 16 URLs, where the publisher's data can be had")
        }
        var checked: [String] = []
        for url in urls { checked.append(try Self.checked(url: url)) }
        guard `class`.utf8.count <= 128, !`class`.isEmpty, !`class`.utf8.contains(where: { $0 < 32 || $0 == 127 })
        else {
            throw Refusal(400, "'class' has between 1 and 128 bytes without control characters")
        }
        if let instance {
            guard (1...64).contains(instance.utf8.count),
                instance.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) })
            else { throw Refusal(400, "'instance' has between 1 and 64 digits and lower-case letters") }
        }
        return CheckedClaim(
            identity: identity, urls: checked, class: `class`, announced: announced, away: away == true ? true : nil,
            instance: instance)
    }

    /// The URL without a slash at its end.
    private static func checked(url: String) throws(Refusal) -> String {
        var base = url[...]
        while base.hasSuffix("/") { base.removeLast() }
        let scheme = ["http://", "https://"].first { base.hasPrefix($0) }
        guard let scheme, base.utf8.count <= 2048, base.utf8.count > scheme.utf8.count,
            !base.utf8.contains(where: { $0 <= 32 || $0 == 127 || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
        else {
            throw Refusal(
                400, "'\(url.prefix(200))' in 'urls' is not the base of an HTTP URL, as in http://host:8001")
        }
        return String(base)
    }
}
