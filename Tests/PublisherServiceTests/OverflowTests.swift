import Catalogue
import Platform
import Synchronization
import TestSupport
import Testing

@testable import PublisherService

/// The kernel has more events than it can keep.
@Suite(.patient) struct OverflowTests {
    @Test func afterLostEventsTheWholeFolderIsWalked() async throws {
        try await withTemporaryFolder("overflow") { base in
            let data = try DataFolder(base + "/data")
            try data.write("a", [1])
            let folder = try PublishedFolder(data.path, group: try GroupName("foo"))
            let watcher = try FolderWatcher(
                folder, settings: .init(), index: FolderIndex(), reports: Reports(Logger("test", level: .error)))
            let (found, continuation) = AsyncStream.makeStream(of: String.self)
            let (blocked, block) = AsyncStream.makeStream(of: Void.self)
            let gate = try Gate()
            let walks = Locked(0)
            let hasBlocked = Locked(false)
            let running = Task {
                await watcher.run(
                    deliver: { jobs in
                        for job in jobs { continuation.yield(job.path.text) }
                        let isFirst = hasBlocked.withLock { hasBlocked in
                            guard !hasBlocked, jobs.contains(where: { $0.path.text == "block" }) else { return false }
                            hasBlocked = true
                            return true
                        }
                        if isFirst {
                            block.yield()
                            gate.wait()
                        }
                    }, trust: { _ in }, isPending: { _ in false }, scanned: { walks.withLock { $0 += 1 } })
            }
            var names = found.makeAsyncIterator()
            #expect(await names.next() == "a")
            try data.write("block", [1])
            for await _ in blocked { break }
            // Nobody reads events now. Names differ, so the kernel cannot merge them.
            let limit = try #require(
                Int(
                    String(
                        decoding: FileSystem.readAll(
                            "/proc/sys/fs/inotify/max_queued_events", limit: 100), as: UTF8.self
                    ).filter(\.isNumber)))
            for index in 0...(limit / 2) { try data.rename(index % 2 == 0 ? "a" : "b", to: index % 2 == 0 ? "b" : "a") }
            try data.makeFolder("lost/deep")
            try data.write("lost/deep/c", [1])
            gate.open()
            while let name = await names.next(), name != "lost/deep/c" {}
            // And events are heard again, from the new folder, too.
            try data.write("lost/deep/d", [1])
            while let name = await names.next(), name != "lost/deep/d" {}
            #expect(walks.withLock { $0 } >= 2)
            running.cancel()
            await running.value
        }
    }
}

/// Holds a thread until it is opened.
private final class Gate: Sendable {
    private let alarm: INotify

    init() throws { alarm = try INotify(watching: false) }

    func wait() { #expect(throws: Never.self) { _ = try alarm.wait(Patience.limit) } }
    func open() { alarm.wake() }
}
