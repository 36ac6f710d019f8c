internal import Catalogue

/// What a watcher has seen, so that it can tell new from changed, and what it missed while it had no connection.
///
/// A connection begins with events; the listing that is asked for then is older or newer than any of them, and counts
/// only for the datasets that no event was about.
struct WatchedState: Sendable {
    /// What came, and the line of the feed where there was one.
    typealias Found = (change: WatchedChange, line: [UInt8]?)

    private var known: [ExactText: Version]?
    private var groups: [ExactText: Group] = [:]
    private var touched: Set<ExactText> = []
    /// Events before the first listing, which tells what is new.
    private var early: [(line: [UInt8], change: Change)] = []

    /// A new connection.
    mutating func connect() {
        touched = []
        early = []
    }

    /// An event.
    mutating func take(_ change: Change, line: [UInt8]) -> [Found] {
        guard known != nil else {
            early.append((line, change))
            return []
        }
        touched.insert(ExactText(change.key))
        return apply(change).map { [($0, line)] } ?? []
    }

    /// The listing behind a connection's first events.
    mutating func take(_ listing: [Dataset], _ groups: [Group] = []) -> [Found] {
        guard let known else {
            for group in groups { self.groups[ExactText(group.name)] = group }
            self.known = Dictionary(listing.map { (ExactText($0.path.text), $0.version) }) { $1 }
            let waiting = early
            early = []
            return waiting.flatMap { take($0.change, line: $0.line) }
        }
        var changes: [Change] = []
        let names = Set(listing.map { ExactText($0.path.text) })
        for (path, _) in known where !names.contains(path) && !touched.contains(path) {
            // A name that was known is a path.
            if let path = try? DatasetPath(path.text) { changes.append(.delete(path)) }
        }
        for dataset in listing where !touched.contains(ExactText(dataset.path.text)) { changes.append(.put(dataset)) }
        for group in groups where !touched.contains(ExactText(group.name)) { changes.append(.group(group)) }
        return changes.sorted { $0.key.precedesByBytes($1.key) }.compactMap { change in apply(change).map { ($0, nil) }
        }
    }

    private mutating func apply(_ change: Change) -> WatchedChange? {
        switch change {
        case .put(let dataset):
            let old = known?.updateValue(dataset.version, forKey: ExactText(dataset.path.text))
            if old == dataset.version { return nil }
            return old == nil ? .added(dataset) : .changed(dataset)
        case .delete(let path):
            return known?.removeValue(forKey: ExactText(path.text)) == nil ? nil : .removed(path.text)
        case .group(let group):
            let old = groups.updateValue(group, forKey: ExactText(group.name))
            return old?.online == group.online && old?.urls == group.urls ? nil : .group(group)
        }
    }
}
