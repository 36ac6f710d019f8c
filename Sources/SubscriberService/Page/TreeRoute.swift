import Catalogue
import HTTP
import Platform
import Wire

/// `GET /api/tree` and `/api/tree/{folder}`: what exists, folder by folder and page by page, for people who look around.
struct TreeRoute: Sendable {
    /// Datasets in one answer.
    static let limit = 1000

    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let broker: BrokerStatus
    let pool: BlockingPool

    private struct Groups: Encodable {
        struct Row: Encodable {
            let group: Group
            let datasets: Int
            let followed: Bool
            /// As in ``GroupStatus``.
            let lag: Double?
        }
        let groups: [Row]
    }

    private struct Folder: Encodable {
        struct Inner: Encodable {
            let name: String
            let path: String
            let datasets: Int
        }
        let path: String
        let folders: [Inner]
        /// Datasets, without those in the folders.
        let total: Int
        /// Folders and datasets that there are to page through.
        let entries: Int
        let offset: Int
        let datasets: [ListedDataset]
    }

    func groups() async -> HTTPResponse {
        await pool.run {
            let paths = copy.paths, followed = Set(keeper.followed.all.map { ExactText($0.text) })
            let broker = broker.snapshot
            let rows = copy.groups.map {
                Groups.Row(
                    group: $0, datasets: paths[paths.range(of: $0.name + "/")].count,
                    followed: followed.contains(ExactText($0.name)),
                    lag: GroupStatus($0, broker, copy).lag)
            }
            return .json(Groups(groups: rows))
        }
    }

    func folder(_ request: HTTPRequest, _ text: String) async throws -> HTTPResponse {
        let name = text.hasSuffix("/") ? String(text.dropLast()) : text
        let pattern = try PathPattern(name)
        let offset = try number(request, "offset", default: 0, in: 0...Int.max)
        let limit = try number(request, "limit", default: 200, in: 1...Self.limit)
        return try await pool.run {
            let paths = copy.paths, prefix = name + "/"
            guard copy.group(pattern.group) != nil || !paths.range(of: pattern.group + "/").isEmpty else {
                throw copy.unknownGroup(pattern.group)
            }
            let below = paths.range(of: prefix)
            if below.isEmpty, name != pattern.group { throw noFolder(name, in: pattern.group) }
            var folders: [SortedPaths.Folder] = []
            let found: [SortedPaths.Index]
            if let filter = request.parameter("filter"), !filter.isEmpty {
                found = paths.matches(filter, in: below, behind: prefix.utf8.count)
            } else {
                (folders, found) = paths.children(of: prefix)
            }
            // Folders come first, on as many pages as they need.
            let inner = folders.dropFirst(offset).prefix(limit)
            let page = found.dropFirst(max(0, offset - folders.count)).prefix(limit - inner.count)
            let answer = Folder(
                path: name,
                folders: inner.map { .init(name: String($0.name), path: prefix + $0.name, datasets: $0.count) },
                total: found.count, entries: folders.count + found.count, offset: offset,
                datasets: try keeper.rows(of: page.map { paths[$0] }))
            return .large(WireJSON.encode(answer), request)
        }
    }

    private func noFolder(_ name: String, in group: String) -> Refusal {
        if let path = try? DatasetPath(name), copy.entry(path) != nil {
            return Refusal(404, "'\(name)' is a dataset, not a folder: its page is /datasets/\(name)")
        }
        return Refusal(404, "there is no folder '\(name)'; /api/tree/\(group) shows what there is")
    }

    private func number(
        _ request: HTTPRequest, _ name: String, default: Int, in range: ClosedRange<Int>
    ) throws(Refusal) -> Int {
        guard let text = request.parameter(name) else { return `default` }
        guard let number = Int(text), range.contains(number) else {
            throw Refusal(400, "\(name) is a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return number
    }
}
