internal import Platform

/// Watches the published folder, and says which files are to be looked at.
///
/// A file is named when its writer is done: at once when it is closed or renamed into place, else when it has been quiet
/// for a while. The kernel's events are believed where there are any; folders are also walked now and then, for what has
/// no events (memory that is mapped, other machines' writes).
struct FolderWatcher: Sendable {
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

    private let files: PublishedFiles
    private let settings: Settings
    private let isStopped = Flag()
    private let pool = BlockingPool(name: "folder", threads: 1)

    init(_ files: PublishedFiles, _ settings: Settings) {
        self.files = files
        self.settings = settings
    }

    /// Watches until the task is cancelled.
    func run() async {
        await withTaskCancellationHandler {
            await pool.run { [files, settings, isStopped] in
                var loop = WatchLoop(files, settings)
                while !isStopped.isSet { loop.step() }
            }
        } onCancel: {
            isStopped.set()
            files.events.notices.wake()
        }
    }
}
