/// The files of which the broker has something to hear: only their names, for what is to be said is said when it is sent.
/// What is asked for several times is said once.
struct AnnouncementList {
    private var paths: Set<RelativePath> = []
    /// Files that are being looked at: what to say of them is known afterwards.
    private var deferred: Set<RelativePath> = []
    /// Without a lease nothing is collected: the first thing done with a lease is to compare all.
    private var isCollecting = false

    /// How many wait.
    var count: Int { paths.count + deferred.count }

    mutating func start() { self = AnnouncementList(isCollecting: true) }
    mutating func stop() { self = AnnouncementList() }

    init() {}
    private init(isCollecting: Bool) { self.isCollecting = isCollecting }

    /// - Returns: Whether there is more to say than before.
    mutating func add(_ more: some Sequence<RelativePath>) -> Bool {
        guard isCollecting else { return false }
        let count = paths.count
        paths.formUnion(more)
        return paths.count > count
    }

    /// These are being looked at: ``finish(_:)`` adds them.
    mutating func wait(for more: some Sequence<RelativePath>) {
        if isCollecting { deferred.formUnion(more) }
    }

    /// These files were looked at.
    ///
    /// - Returns: Whether there is more to say than before.
    mutating func finish(_ looked: some Sequence<RelativePath>) -> Bool {
        deferred.isEmpty ? false : add(looked.filter { deferred.remove($0) != nil })
    }

    /// Takes out up to `limit` files.
    mutating func take(_ limit: Int) -> [RelativePath] {
        if paths.count <= limit {
            defer { paths = [] }
            return Array(paths)
        }
        let taken = Array(paths.prefix(limit))
        paths.subtract(taken)
        return taken
    }
}
