internal import Platform

/// The kernel's notices of what happens in the folder, as far as there are any; who waits for them can be woken.
struct FolderEvents: Sendable {
    let notices: INotify
    /// Whether the kernel tells of changes.
    let areTold: Bool

    /// - Parameter isPolling: the folder is walked, whatever the kernel tells.
    /// - Throws: ``SystemError`` when the process has no descriptors left.
    init(isPolling: Bool, _ reports: Reports) throws(SystemError) {
        if !isPolling {
            do {
                notices = try INotify()
                areTold = true
                return
            } catch {
                reports.logger.warning(
                    "cannot watch the folder, so it is walked every few seconds; raise fs.inotify.max_user_instances",
                    ["error": error])
            }
        }
        notices = try INotify(watching: false)
        areTold = false
    }
}
