import Catalogue
import Platform
import TestSupport
import Testing

@testable import PublisherService

/// The kernel has more events than it can keep.
@Suite(.patient) struct OverflowTests {
    @Test func afterLostEventsTheWholeFolderIsWalked() async throws {
        try await withTemporaryFolder("overflow") { base in
            // It waits for the kernel.
            try await BlockingPool(name: "overflow", threads: 1).run { try Self.loseEvents(base) }
        }
    }

    private static func loseEvents(_ base: String) throws {
        let data = try DataFolder(base + "/data")
        try data.write("a", [1])
        let folder = try PublishedFolder(data.path, group: try GroupName("foo"))
        let reports = Reports(Logger("test", level: .error))
        let files = try PublishedFiles(
            folder, store: DigestStore(path: base + "/publisher.sqlite", group: folder.group),
            events: FolderEvents(isPolling: false, reports), reports: reports)
        var loop = WatchLoop(files, FolderWatcher.Settings())
        /// Has the folder watched until a file is found that is to be looked at.
        func find(_ name: String) { while !files.isPending(RelativePath(name)) { loop.step() } }
        find("a")
        // Nobody reads events now. Names differ, so the kernel cannot merge them.
        let setting = try FileSystem.readAll("/proc/sys/fs/inotify/max_queued_events", limit: 100)
        let limit = try #require(Int(String(decoding: setting, as: UTF8.self).filter(\.isNumber)))
        for index in 0...(limit / 2) { try data.rename(index % 2 == 0 ? "a" : "b", to: index % 2 == 0 ? "b" : "a") }
        try data.makeFolder("lost/deep")
        try data.write("lost/deep/c", [1])
        find("lost/deep/c")
        // And events are heard again, from the new folder, too.
        try data.write("lost/deep/d", [1])
        find("lost/deep/d")
    }
}
