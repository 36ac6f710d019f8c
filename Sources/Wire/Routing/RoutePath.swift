import Catalogue
import HTTP

/// Where something is at a service: what its server answers and what callers ask for, said once.
package struct RoutePath: Hashable, Sendable, CustomStringConvertible {
    /// All of it, or what comes before the name.
    package let fixed: String
    /// What is named, as in `GROUP`; `nil` when there is no name.
    let placeholder: String?

    private init(_ fixed: String, _ placeholder: String? = nil) {
        self.fixed = fixed
        self.placeholder = placeholder
    }

    package var description: String { fixed + (placeholder ?? "") }

    /// The path of a URL, with the name in its place.
    package func of(_ name: String) -> String { fixed + PercentEncoding.path(name) }

    /// The name that a request's path has, its escapes decoded; `nil` for a path of something else.
    package func name(in path: String) -> String? {
        placeholder == nil ? (path.hasBytes(of: fixed) ? "" : nil) : path.suffix(after: fixed)
    }
}

/// Of every service.
extension RoutePath {
    package static let health = RoutePath("/health")
    package static let ready = RoutePath("/ready")
    package static let metrics = RoutePath("/metrics")
}

/// Of the control plane.
extension RoutePath {
    package static let publishers = RoutePath("/api/publishers")
    package static let publisher = RoutePath("/api/publishers/", "GROUP")
    package static let datasets = RoutePath("/api/datasets")
    package static let dataset = RoutePath("/api/datasets/", "PATH")
    package static let changes = RoutePath("/api/changes")
}

/// Of the data plane.
extension RoutePath {
    package static let version = RoutePath("/versions/", "VERSION/data, manifest or blocks")
    package static let bytes = RoutePath("/api/download/", "PATH")
    package static let list = RoutePath("/api/list")
}

/// Of a subscriber.
extension RoutePath {
    package static let folderList = RoutePath("/api/list/", "PATH")
    package static let roots = RoutePath("/api/roots")
    package static let info = RoutePath("/api/info")
    package static let datasetInfo = RoutePath("/api/info/", "PATH")
    package static let fetch = RoutePath("/api/fetch/", "PATH")
    package static let view = RoutePath("/api/view/", "PATH")
    package static let chunk = RoutePath("/api/chunk/", "PATH")
    package static let explain = RoutePath("/api/explain/", "PATH")
    package static let held = RoutePath("/api/held/", "PATH")
    package static let tree = RoutePath("/api/tree")
    package static let folderTree = RoutePath("/api/tree/", "PATH")
    package static let follow = RoutePath("/api/follow")
    package static let unfollow = RoutePath("/api/unfollow")
    package static let followed = RoutePath("/api/followed")
    package static let forget = RoutePath("/api/forget")
    package static let download = RoutePath("/api/download")
    package static let events = RoutePath("/api/events")
    package static let status = RoutePath("/api/status")
}

extension String {
    /// What follows `prefix`, compared by bytes; `nil` when it does not start so.
    package func suffix(after prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}
