internal import CSystem
internal import Glibc
internal import Synchronization

/// The kernel's notices of what happens in folders, and an alarm clock beside them.
///
/// A watch belongs to a folder itself, not to the name by which it was found: two names of one folder get one watch.
public final class INotify: Sendable {
    /// What happened, or is to be told; the values are the kernel's.
    public struct Events: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let modified = Events(rawValue: 0x2)
        public static let attributesChanged = Events(rawValue: 0x4)
        /// Somebody who could write has closed the file.
        public static let closedAfterWriting = Events(rawValue: 0x8)
        public static let movedAway = Events(rawValue: 0x40)
        public static let movedHere = Events(rawValue: 0x80)
        public static let created = Events(rawValue: 0x100)
        public static let deleted = Events(rawValue: 0x200)
        public static let folderDeleted = Events(rawValue: 0x400)
        public static let folderMoved = Events(rawValue: 0x800)

        /// Always told: events were lost.
        public static let overflow = Events(rawValue: 0x4000)
        /// Always told: the file system of the folder was unmounted.
        public static let unmounted = Events(rawValue: 0x2000)
        /// Always told: the watch is gone.
        public static let ended = Events(rawValue: 0x8000)
        /// The event is about a folder.
        public static let isFolder = Events(rawValue: 0x4000_0000)
    }

    public struct Event: Hashable, Sendable {
        /// -1 for an overflow.
        public let watch: Int32
        public let kinds: Events
        /// The same for both halves of a move; 0 for everything else.
        public let cookie: UInt32
        /// Of the entry in the folder; "" when the event is about the folder itself.
        public let name: String

        public init(watch: Int32, kinds: Events, cookie: UInt32 = 0, name: String = "") {
            self.watch = watch
            self.kinds = kinds
            self.cookie = cookie
            self.name = name
        }
    }

    /// The most events that one ``wait(_:)`` gives.
    public static let batchLimit = 1 << 16

    // -1 where the system gives no more instances, or none is wanted.
    private let queue: Int32
    private let alarm: Int32

    /// - Parameter watching: false for the alarm clock alone.
    /// - Throws: ``SystemError``, with ``SystemError/tooManyOpenFiles`` when the user has too many instances
    ///   (`fs.inotify.max_user_instances`).
    public init(watching: Bool = true) throws(SystemError) {
        alarm = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard alarm >= 0 else { throw SystemError("make an event descriptor") }
        guard watching else {
            queue = -1
            return
        }
        let opened = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        if opened < 0 {
            let error = SystemError("watch folders")
            close(alarm)
            throw error
        }
        queue = opened
    }

    deinit {
        if queue >= 0 { close(queue) }
        close(alarm)
    }

    /// Begins to watch a folder; from the return on nothing is missed.
    ///
    /// - Throws: ``SystemError``, with ``SystemError/noSpace`` when the user has too many watches
    ///   (`fs.inotify.max_user_watches`).
    public func watch(_ folder: String, for events: Events) throws(SystemError) -> Int32 {
        let options = UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)
        let watch = inotify_add_watch(queue, folder, events.rawValue | options)
        guard watch >= 0 else { throw SystemError("watch \(folder)") }
        return watch
    }

    /// Ends a watch; events that are on their way still come.
    public func unwatch(_ watch: Int32) { inotify_rm_watch(queue, watch) }

    /// Blocks until there are events, ``wake()`` is called or `timeout` has passed (nil: never).
    public func wait(_ timeout: Duration?) throws(SystemError) -> [Event] {
        // Rounded up: a deadline that is not quite there would be polled for.
        let milliseconds = timeout.map { timeout -> Int64 in
            let parts = timeout.components
            return timeout <= .zero
                ? 0 : min(parts.seconds, 1 << 20) * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 1
        }
        var descriptors = [
            pollfd(fd: queue, events: Int16(POLLIN), revents: 0), pollfd(fd: alarm, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&descriptors, 2, milliseconds.map { Int32(clamping: $0) } ?? -1)
        if count < 0 && errno != EINTR { throw SystemError("wait for changes of folders") }
        var value: UInt64 = 0
        _ = read(alarm, &value, 8)
        return queue >= 0 ? try drain() : []
    }

    /// Ends the ``wait(_:)`` that is under way, or the next one.
    public func wake() {
        var value: UInt64 = 1
        _ = write(alarm, &value, 8)
    }

    private func drain() throws(SystemError) -> [Event] {
        var events: [Event] = []
        var failure: SystemError?
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            while events.count < Self.batchLimit {
                let count = read(queue, buffer.baseAddress, buffer.count)
                if count > 0 {
                    Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]), into: &events)
                } else if count < 0 && errno == EINTR {
                    continue
                } else {
                    if count < 0 && errno != EAGAIN { failure = SystemError("read changes of folders") }
                    return
                }
            }
        }
        if let failure { throw failure }
        return events
    }

    /// Entries whose names are not UTF-8 are left out: they cannot be named to anybody.
    private static func parse(_ buffer: UnsafeRawBufferPointer, into events: inout [Event]) {
        var offset = 0
        let headerLength = MemoryLayout<inotify_event>.size
        while offset + headerLength <= buffer.count {
            let header = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let start = offset + headerLength
            let end = start + Int(header.len)
            offset = end
            let bytes = buffer[start..<end].prefix { $0 != 0 }
            guard let name = String(validating: bytes, as: UTF8.self) else { continue }
            events.append(
                Event(watch: header.wd, kinds: Events(rawValue: header.mask), cookie: header.cookie, name: name))
        }
    }
}

extension SystemError {
    public static let tooManyOpenFiles = EMFILE
    /// Also what a socket, or a FIFO that nobody reads, answers to being opened.
    public static let noDevice = ENXIO
}
