import Catalogue
import Platform
import Synchronization

/// The events `held`: more or less of a dataset is held, or on its way, than before.
///
/// What happens within an interval is told once, at its end at the latest; so a dataset has at most five events a second,
/// and the last of them says how it is now. While nobody watches nothing is noted.
final class HeldEvents: Sendable {
    static let interval = Duration.milliseconds(200)

    private struct Event: Encodable {
        let path: DatasetPath
        let version: Version
        let held: Int64
    }

    private let copy: CatalogueCopy
    private let library: MirrorLibrary
    private let events: EventFeed
    /// The versions to tell of, with the datasets that have them; at most what happens within an interval.
    private let due = Locked<[Version: Set<DatasetPath>]>([:])
    private let noted: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(copy: CatalogueCopy, library: MirrorLibrary, events: EventFeed) {
        self.copy = copy
        self.library = library
        self.events = events
        (noted, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Does not block.
    func note(_ version: Version, of paths: Set<DatasetPath>) {
        guard events.isWatched else { return }
        due.withLock { $0[version, default: []].formUnion(paths) }
        wake.yield()
    }

    /// Tells what has been noted until the task is cancelled.
    func run() async {
        for await _ in noted {
            tell()
            // It paces the events; nobody waits for anything by it.
            guard (try? await Task.sleep(for: Self.interval)) != nil else { break }
        }
    }

    private func tell() {
        let due = due.withLock { due in
            defer { due = [:] }
            return due
        }
        for (version, paths) in due {
            let held = library.summary(version)?.held ?? 0
            for path in paths where copy.entry(path)?.version == version {
                let event = Event(path: path, version: version, held: held)
                events.publish("held", key: path.text, json: WireJSON.encode(event))
            }
        }
    }
}
