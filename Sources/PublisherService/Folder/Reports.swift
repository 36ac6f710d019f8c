internal import Platform
internal import Synchronization

/// Tells about files that are not, or not fully, published: of each once, until something else is wrong with it.
final class Reports: Sendable {
    private static let limit = 1000

    let logger: Logger
    private let told = Locked<[RelativePath: String]>([:])

    init(_ logger: Logger) { self.logger = logger }

    func problem(_ path: RelativePath, _ reason: String, _ message: String = "not published") {
        enum News { case none, one, tooMany }
        let news: News = told.withLock { told in
            if told[path] == reason || told.count > Self.limit { return .none }
            told[path] = reason
            return told.count > Self.limit ? .tooMany : .one
        }
        switch news {
        case .none: break
        case .one: logger.warning(message, ["path": path.text.isEmpty ? "." : path.text, "reason": reason])
        case .tooMany: logger.warning("more than \(Self.limit) files have problems: the others are not listed")
        }
    }

    func clear(_ path: RelativePath) { told.withLock { $0[path] = nil } }
}
