internal import Platform
internal import Synchronization

/// Where the published folder is, and the file systems that are mounted below it: what is not to be seen because one of them
/// is away has not been removed.
///
/// A folder whose place is another than it was, and that has none of its files, is *away*: nothing below it is withdrawn.
/// As soon as one of its files is seen again, what is there counts.
final class FolderPlaces: Sendable {
    private struct State {
        /// Of the root, and of mount points.
        var known: [RelativePath: FolderPlace]
        var away: [RelativePath: String] = [:]
        /// What was seen in the place of what is away.
        var strange: [RelativePath: FolderPlace] = [:]
    }

    private let state: Locked<State>
    /// The path led elsewhere when the publisher ran last.
    let isMoved: Bool
    init(known: [RelativePath: FolderPlace] = [:], isMoved: Bool = false) {
        state = Locked(State(known: known))
        self.isMoved = isMoved
    }

    /// Whether there are changes of which no event tells, made by others with other clocks.
    var isSilent: Bool { state.withLock { $0.known.values.contains { FileSystemKinds.silent($0.kind) != nil } } }
    var isAway: Bool { state.withLock { !$0.away.isEmpty } }
    var known: [RelativePath: FolderPlace] { state.withLock { $0.known } }
    func known(_ path: RelativePath) -> FolderPlace? { state.withLock { $0.known[path] } }

    /// The part of the folder that is away, and holds `path`.
    func awayPlace(of path: RelativePath) -> RelativePath? {
        state.withLock { state in
            state.away.isEmpty ? nil : state.away.keys.first { path.isInside($0) }
        }
    }

    /// - Returns: Whether it was there until now.
    func setAway(_ path: RelativePath, _ reason: String, seen: FolderPlace? = nil) -> Bool {
        state.withLock { state in
            state.strange[path] = seen
            return state.away.updateValue(reason, forKey: path) == nil
        }
    }

    /// - Returns: Whether it was away until now; all places that are known, if that is news.
    func setPresent(
        _ path: RelativePath, _ place: FolderPlace, isMount: Bool = true
    ) -> (wasAway: Bool, known: [RelativePath: FolderPlace]?) {
        state.withLock { state in
            let old = state.known[path]
            state.known[path] = isMount || path == .root ? place : nil
            state.strange[path] = nil
            let wasAway = state.away.removeValue(forKey: path) != nil
            return (wasAway, old == state.known[path] ? nil : state.known)
        }
    }

    /// Whether what is to be seen of a place is what was seen last: as it is known, or as it is while it is away.
    func isAsSeen(_ path: RelativePath, _ place: FolderPlace?) -> Bool {
        state.withLock { state in
            if state.away[path] != nil { return state.strange[path] == place }
            guard let place, let known = state.known[path] else { return state.known[path] == nil }
            return known.isSame(as: place)
        }
    }

    /// Whether all that holds `path` is where it was, so that what is not there has been removed. Looks.
    func isPresent(_ path: RelativePath, in folder: PublishedFolder) -> Bool {
        let (places, isAway) = state.withLock { state in
            (state.known.filter { path.isInside($0.key) }, state.away.keys.contains { path.isInside($0) })
        }
        if isAway { return false }
        return places.allSatisfy { place, known in
            do throws(SystemError) {
                return try FolderPlace(path: folder.absolute(place)).isSame(as: known)
            } catch {
                return false
            }
        }
    }
}
