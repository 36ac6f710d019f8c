/// Tells from the first bytes of a connection whether they ask for a feed.
struct FirstBytes: Sendable {
    enum Verdict: Equatable {
        case undecided
        case feed(String)
        case other
    }

    /// A path that is not over by then is not a feed's.
    static let limit = 2048

    let feedPaths: Set<String>

    func verdict(_ bytes: some RandomAccessCollection<UInt8>) -> Verdict {
        let method = "GET ".utf8
        guard !feedPaths.isEmpty, bytes.prefix(method.count).elementsEqual(method.prefix(bytes.count)) else {
            return .other
        }
        let rest = bytes.dropFirst(method.count)
        let end = rest.firstIndex { $0 <= UInt8(ascii: " ") || $0 == UInt8(ascii: "?") }
        guard let end else { return bytes.count < Self.limit ? .undecided : .other }
        guard let target = try? RequestTarget(rest[..<end]), feedPaths.contains(target.path) else { return .other }
        return .feed(target.path)
    }
}
