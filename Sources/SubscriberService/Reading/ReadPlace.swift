import Catalogue
import Platform
import Wire

/// What a path of the read API names: `GROUP`, `GROUP/DIR` or `GROUP/DIR/NAME`, with or without a slash at the end.
enum ReadPlace: Sendable {
    case dataset(Dataset)
    /// A group, or a folder in which datasets are. The datasets in it; their paths begin with the folder's.
    case folder(String, [DatasetPath])
    /// The group exists, and there is nothing of that name in it.
    case nothing(String)

    /// - Throws: ``Refusal`` 400 for what can be no path, 404 when there is no such group.
    init(_ text: String, in copy: CatalogueCopy) throws {
        let name = text.hasSuffix("/") ? String(text.dropLast()) : text
        // As a pattern it may have one component; none may climb or be empty.
        let pattern = try PathPattern(name)
        if let path = try? DatasetPath(name), let dataset = try copy.dataset(path) {
            self = .dataset(dataset)
            return
        }
        let paths = copy.paths(below: name)
        let isGroup = !name.utf8.contains(UInt8(ascii: "/"))
        if !paths.isEmpty || (isGroup && copy.group(name) != nil) {
            self = .folder(name, paths)
        } else if copy.group(pattern.group) != nil || !copy.paths(below: pattern.group).isEmpty {
            self = .nothing(name)
        } else {
            throw Refusal(404, "there is no group '\(pattern.group)'; /api/roots lists the groups")
        }
    }

    /// The dataset's path, or a refusal. Cost: a look into a table for what exists; other names are searched for elsewhere.
    static func path(
        _ text: String, in copy: CatalogueCopy, on pool: BlockingPool, to purpose: String
    ) async throws -> DatasetPath {
        if let path = try? DatasetPath(text), copy.entry(path) != nil { return path }
        return try await pool.run { try dataset(text, in: copy, to: purpose).path }
    }

    /// The dataset, or a refusal.
    static func dataset(_ text: String, in copy: CatalogueCopy, to purpose: String) throws -> Dataset {
        switch try ReadPlace(text, in: copy) {
        case .dataset(let dataset): return dataset
        case .folder(let name, _):
            throw Refusal(
                400, "'\(name)' is a folder: there is nothing to \(purpose); /api/list/\(name) shows its datasets")
        case .nothing(let name): throw copy.unknown(name)
        }
    }
}
