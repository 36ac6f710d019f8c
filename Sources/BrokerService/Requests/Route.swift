import Catalogue

/// What a path of the control plane stands for.
enum Route: Hashable, Sendable {
    case health, ready, metrics
    case publishers, publisher(GroupName)
    case datasets, dataset(DatasetPath)
    case changes

    init(path: String) throws(Refusal) {
        switch path {
        case "/health": self = .health
        case "/ready": self = .ready
        case "/metrics": self = .metrics
        case "/api/publishers": self = .publishers
        case "/api/datasets": self = .datasets
        case "/api/changes": self = .changes
        default: self = try Self.named(path)
        }
    }

    private static func named(_ path: String) throws(Refusal) -> Route {
        do {
            if let name = rest(of: path, behind: "/api/publishers/") { return .publisher(try GroupName(name)) }
            if let name = rest(of: path, behind: "/api/datasets/") { return .dataset(try DatasetPath(name)) }
        } catch {
            throw Refusal(400, "\(error)")
        }
        throw Refusal(
            404,
            "there is nothing at '\(path.prefix(200))': a broker has /api/publishers, /api/publishers/GROUP, "
                + "/api/datasets, /api/datasets/PATH, /api/changes, /health, /ready and /metrics")
    }

    private static func rest(of path: String, behind prefix: String) -> String? {
        guard path.utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    var methods: [String] {
        switch self {
        case .health, .ready, .metrics, .publishers, .datasets, .dataset: ["GET"]
        case .publisher: ["GET", "PUT", "DELETE"]
        case .changes: ["GET", "POST"]
        }
    }
}
