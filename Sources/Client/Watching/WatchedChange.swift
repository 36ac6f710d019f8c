internal import Catalogue
internal import Platform

/// A change as `bpubsub watch` tells it.
enum WatchedChange: Hashable, Sendable {
    case added(Dataset)
    case changed(Dataset)
    case removed(String)
    case group(Group)

    /// `2026-11-25 10:00:00  changed  foo/a.b2nd  (1461,) float32, 5.9 KiB`
    func line(at time: Timestamp) -> String {
        let (word, name, details) =
            switch self {
            case .added(let dataset): ("added", dataset.path.text, Self.describe(dataset))
            case .changed(let dataset): ("changed", dataset.path.text, Self.describe(dataset))
            case .removed(let path): ("removed", path, "")
            case .group(let group): (group.online ? "online" : "offline", group.name, group.urls.joined(separator: " "))
            }
        let padded = word + String(repeating: " ", count: 7 - word.count)
        let text = "\(HumanText.moment(time.seconds))  \(padded)  \(name)" + (details.isEmpty ? "" : "  \(details)")
        return PrintableText.escaped(text)
    }

    /// A line of the feed, without a revision where there was none.
    var json: JSONValue {
        get throws {
            switch self {
            case .added(let dataset), .changed(let dataset):
                .object(["type": .string("put"), "dataset": try JSONStyle.value(dataset)])
            case .removed(let path): .object(["type": .string("delete"), "path": .string(path)])
            case .group(let group): .object(["type": .string("group"), "group": try JSONStyle.value(group)])
            }
        }
    }

    private static func describe(_ dataset: Dataset) -> String {
        let array = dataset.array.map { "\(HumanText.shape($0.shape)) \($0.dtype), " } ?? ""
        return array + HumanText.bytes(dataset.size)
    }
}
