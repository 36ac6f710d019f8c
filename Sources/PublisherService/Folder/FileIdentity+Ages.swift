internal import Platform

extension FileIdentity {
    /// Whether nothing suggests that the content is another. Device numbers may change with each start of the machine.
    func isUnchanged(from other: FileIdentity) -> Bool { isSameContent(as: other) && changed == other.changed }

    /// By how much its times may be behind what was done to it: whole seconds are those of a file system that has no
    /// others. Of FAT they are even.
    var grain: Duration {
        changed % 1_000_000_000 == 0 ? .milliseconds(2500) : .milliseconds(20)
    }

    /// How long ago something was written to it. Anybody may have set the time of the content, to the future too.
    func age(at now: Timestamp) -> Duration {
        let last = modified > now.nanoseconds ? changed : max(modified, changed)
        let (age, isOverflow) = now.nanoseconds.subtractingReportingOverflow(last)
        return .nanoseconds(isOverflow ? .max : age)
    }

    /// The same but for the inode's own time, which a rename changes too.
    func isSameContent(as other: FileIdentity) -> Bool {
        inode == other.inode && size == other.size && modified == other.modified
    }
}
