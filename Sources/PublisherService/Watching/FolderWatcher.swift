internal import Platform
internal import Synchronization

/// Watches the published folder, and says which files are to be looked at.
///
/// A file is named when its writer is done: at once when it is closed or renamed into place, else when it has been quiet
/// for a while. The kernel's events are believed where there are any; folders are also walked now and then, for what has
/// no events (memory that is mapped, other machines' writes).
final class FolderWatcher: Sendable {
    struct Settings: Sendable {
        /// How long a file that may have a writer must be quiet.
        var settle = Duration.seconds(1)
        /// How long what a writer that keeps its file open has written is held back.
        var open = Duration.seconds(60)
        /// What a writer does within this time of closing a file is one write with what it did before.
        var gather = Duration.milliseconds(50)
        /// Walk the folder so often, and do not count on events.
        var poll: Duration?
        /// Between walks of a folder whose events are all known.
        var rescan = Duration.seconds(60)
        /// Between walks when there are more folders than the system lets us watch.
        var blindRescan = Duration.seconds(5)
        /// Between looks whether the folder is where it was.
        var check = Duration.seconds(2)
        /// How long a file must be gone: many programs replace a file by removing it first.
        var absence = Duration.milliseconds(50)
    }

    /// What others ask of it.
    enum Request: Sendable {
        /// The file changed while it was read.
        case settle(RelativePath)
        /// The file is a frame that is not whole.
        case retry(RelativePath, after: Duration)
        /// The file was read so soon after it was written that only silence proves that nothing followed.
        case trust(RelativePath, FileIdentity)
        /// The file's bytes are not what they were, whatever its times say.
        case reread(RelativePath)
        /// Whether the folder is where it was.
        case check
        case rescan
    }

    let folder: PublishedFolder
    let settings: Settings
    let index: FolderIndex
    let reports: Reports
    let places: FolderPlaces
    let inotify: INotify
    /// Whether the kernel tells of changes.
    let hasEvents: Bool
    private let requests = Locked<[Request]>([])
    private let isStopped = Flag()
    private let pool = BlockingPool(name: "folder", threads: 1)

    /// - Throws: ``SystemError`` when the process has no descriptors left.
    init(
        _ folder: PublishedFolder, settings: Settings, index: FolderIndex, reports: Reports,
        places: FolderPlaces = FolderPlaces()
    ) throws(SystemError) {
        self.folder = folder
        self.settings = settings
        self.index = index
        self.reports = reports
        self.places = places
        if settings.poll == nil {
            do {
                inotify = try INotify()
                hasEvents = true
                return
            } catch {
                reports.logger.warning(
                    "cannot watch the folder, so it is walked every few seconds; raise fs.inotify.max_user_instances",
                    ["error": error])
            }
        }
        inotify = try INotify(watching: false)
        hasEvents = false
    }

    func ask(_ request: Request) {
        requests.withLock { $0.append(request) }
        inotify.wake()
    }

    func takeRequests() -> [Request] {
        requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
    }

    /// Watches until the task is cancelled.
    ///
    /// - Parameters:
    ///   - deliver: takes the files to look at.
    ///   - trust: takes those that were quiet.
    ///   - isPending: whether a file waits to be looked at.
    ///   - scanned: called after each walk of the whole folder.
    func run(
        deliver: @Sendable @escaping ([WorkList.Job]) -> Void,
        trust: @Sendable @escaping ([(RelativePath, FileIdentity)]) -> Void,
        isPending: @Sendable @escaping (RelativePath) -> Bool, scanned: @Sendable @escaping () -> Void
    ) async {
        await withTaskCancellationHandler {
            await pool.run { [self, isStopped] in
                var loop = WatchLoop(self, deliver: deliver, trust: trust, isPending: isPending, scanned: scanned)
                while !isStopped.isSet { loop.step() }
            }
        } onCancel: {
            isStopped.set()
            inotify.wake()
        }
    }
}
