/// A change of the catalogue: one line of the feed, and at the same time the state of one key.
public enum Change: Hashable, Sendable {
    case put(Dataset)
    case delete(DatasetPath)
    case group(Group)

    /// What the change is about: a dataset's path, or a group's name, which holds no slash.
    public var key: String {
        switch self {
        case .put(let dataset): dataset.path.text
        case .delete(let path): path.text
        case .group(let group): group.name
        }
    }

    public var groupName: String {
        switch self {
        case .put(let dataset): dataset.path.group
        case .delete(let path): path.group
        case .group(let group): group.name
        }
    }

    /// Whether the watcher of the datasets below `prefix` must see a change of `key`: all below it, and its group.
    public static func concerns(key: String, prefix: String) -> Bool {
        let key = key.utf8, prefix = prefix.utf8
        if key.starts(with: prefix) { return true }
        let isGroup = !key.contains(UInt8(ascii: "/"))
        return isGroup && prefix.starts(with: key) && prefix.dropFirst(key.count).first == UInt8(ascii: "/")
    }
}
