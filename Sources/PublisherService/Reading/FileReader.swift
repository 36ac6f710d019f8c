internal import Arrays
internal import Blosc2
internal import Catalogue
internal import Platform
internal import Versions

/// Finds out what a file's version is, by reading it if need be. Blocks.
struct FileReader: Sendable {
    let files: PublishedFiles
    let statistics: Statistics
    let stop = Flag()
    private let damaged = DamagedFiles()
    private var folder: PublishedFolder { files.folder }

    init(_ files: PublishedFiles, _ statistics: Statistics) {
        self.files = files
        self.statistics = statistics
    }

    private static let attempts = 3
    /// A larger file that changed while it was read is left alone until it has been quiet for a while.
    private static let rereadLimit: Int64 = 64 << 20

    func outcome(of job: WorkList.Job) -> Outcome {
        do {
            for _ in 0..<Self.attempts {
                if let flaw = try repacking(job) { return .unfinished(job.path, flaw) }
                let file = try folder.open(job.path)
                do {
                    if let outcome = try outcome(of: job, file) { return outcome }
                } catch let error as VersionError {
                    if let outcome = outcome(of: error, job, file) { return outcome }
                }
                if file.identity.size > Self.rereadLimit { break }
            }
            return .unsettled(job.path)
        } catch let error as FolderError {
            return failure(job.path, error)
        } catch let error as SystemError {
            return failure(job.path, FolderError(error))
        } catch {
            preconditionFailure("no other error is thrown above: \(error)")
        }
    }

    /// Nil when the file changed meanwhile.
    private func outcome(of job: WorkList.Job, _ file: PublishedFolder.OpenFile) throws -> Outcome? {
        guard !job.mustRead else { return try read(job, file) }
        if let known = known(job, file) { return try reuse(known, job.path, file) }
        // It has had its time: to unpack it again would lead to the same.
        if file.isPacked, let reason = damaged.reason(job.path, file.identity) {
            return .removed(job.path, .damaged(reason))
        }
        return try read(job, file)
    }

    /// What keeps the packed file of which this was published from being one at the moment, while that is waited for.
    private func repacking(_ job: WorkList.Job) throws(FolderError) -> String? {
        guard !job.isWhole, files.entry(job.path)?.isUnpacked == true,
            let (flaw, identity) = try folder.unfinishedPacked(job.path), isWaiting(for: job.path, identity)
        else { return nil }
        return flaw
    }

    /// A file that cannot be had is removed only if all that holds it is where it was.
    private func failure(_ path: RelativePath, _ error: FolderError) -> Outcome {
        error.isPassing || !files.places.isPresent(path, in: folder) ? .unreachable(path, error) : .removed(path, error)
    }

    /// Whether no write can have come after the reading that began at `start` without the file's times showing it.
    private func isProven(
        _ identity: FileIdentity, _ version: Version, _ old: FileTable.Entry?, _ start: Timestamp,
        _ read: ContinuousClock.Instant
    ) -> Bool {
        // Where no events tell of changes, times are also of other machines' clocks.
        if files.events.areTold, !files.places.isSilent { return identity.age(at: start) > identity.grain }
        if identity.age(at: start) > max(identity.grain, .seconds(2)) { return true }
        // Whatever the clocks say: it was the same some time ago.
        guard let old, old.identity == identity, old.version == version, let first = old.read else { return false }
        return first.duration(to: read) > .seconds(5)
    }

    /// What is known of the file under this name, or one that it had before.
    private func known(_ job: WorkList.Job, _ file: PublishedFolder.OpenFile) -> FileTable.Entry? {
        let identity = file.identity
        let entry: FileTable.Entry?
        if let own = files.entry(job.path), own.isTrusted, own.identity.isUnchanged(from: identity) {
            entry = own
        } else if let origin = job.origin, let old = files.entry(origin), old.isTrusted,
            old.identity.isSameContent(as: identity)
        {
            // The kernel has told that it was renamed; a rename changes the inode's own time.
            entry = old
        } else {
            entry = files.entry(sameAs: identity)
        }
        return entry?.isUnpacked == file.isPacked ? entry : nil
    }

    private func reuse(
        _ known: FileTable.Entry, _ path: RelativePath, _ file: PublishedFolder.OpenFile
    ) throws -> Outcome {
        if files.entry(path) == known { return .unchanged(path) }
        let source = try source(file)
        let (frame, flaw) = try VersionMaker.frame(in: source)
        let dataset = DatasetMaker.dataset(
            try folder.datasetPath(path), version: known.version, size: source.size, identity: file.identity,
            frame: frame, flaw: flaw)
        let entry = FileTable.Entry(
            identity: file.identity, version: known.version, isTrusted: true, kind: dataset.kind,
            isUnpacked: file.isPacked)
        return .made(.init(path: path, entry: entry, manifest: nil, dataset: dataset))
    }

    /// Reads what is published: as long as the file stays what it was.
    private func source(_ file: PublishedFolder.OpenFile) throws(VersionError) -> any ByteSource & Sendable {
        let source = GuardedSource(file.file, file.identity, stop: stop)
        guard file.isPacked else { return source }
        do throws(SystemError) {
            return try UnpackedSource(source)
        } catch {
            throw VersionError("the file could not be read", cause: error)
        }
    }

    /// Nil when the file changed meanwhile.
    private func read(_ job: WorkList.Job, _ file: PublishedFolder.OpenFile) throws -> Outcome? {
        let path = job.path, identity = file.identity
        let start = Timestamp.now, instant = ContinuousClock.now
        statistics.noteRead(bytes: identity.size)
        let source = try source(file)
        let result = try VersionMaker.version(of: source)
        guard try file.file.identity() == identity else { return nil }
        damaged.clear(path)
        if !job.isWhole, let flaw = missing(path, result, file), isWaiting(for: path, identity) {
            return .unfinished(path, flaw)
        }
        let dataset = DatasetMaker.dataset(
            try folder.datasetPath(path), version: result.manifest.version, size: source.size, identity: identity,
            frame: result.frame, flaw: result.flaw)
        let old = files.entry(path)
        let isSame = old?.identity == identity && old?.version == dataset.version
        let entry = FileTable.Entry(
            identity: identity, version: dataset.version,
            isTrusted: isProven(identity, dataset.version, old, start, instant), kind: dataset.kind,
            isUnpacked: file.isPacked, read: isSame ? old?.read ?? instant : instant)
        return .made(.init(path: path, entry: entry, manifest: result.manifest.encoded, dataset: dataset))
    }

    /// What keeps a file from being the frame that it should be.
    private func missing(
        _ path: RelativePath, _ result: VersionMaker.Result, _ file: PublishedFolder.OpenFile
    ) -> String? {
        // What was in a packed file says nothing of the file beside it, nor the other way round.
        let old = files.entry(path).flatMap { $0.isUnpacked == file.isPacked ? $0.kind : nil }
        guard let frame = result.frame else {
            if let flaw = result.flaw { return flaw }
            let should = FrameNames.contains(path.name) || old ?? .file != .file
            return should ? "it does not begin as a Blosc2 frame" : nil
        }
        return frame.array == nil && old == .array ? "the frame holds no array any more" : nil
    }

    private func isWaiting(for path: RelativePath, _ identity: FileIdentity) -> Bool {
        let entry = files.entry(path)
        let isUnpacked = entry?.isUnpacked == true || path.unpacked.flatMap(files.entry)?.isUnpacked == true
        return files.isWaiting(
            for: path, wasFrame: isUnpacked || entry?.kind ?? .file != .file, age: identity.age(at: .now))
    }

    /// Nil for a file that changed: shorter than it was, or another.
    private func outcome(
        of error: VersionError, _ job: WorkList.Job, _ file: PublishedFolder.OpenFile
    ) -> Outcome? {
        guard let cause = error.cause as? SystemError else { return nil }
        switch cause.code {
        case GuardedSource.Failure.stopped: return .stopped(job.path)
        case GuardedSource.Failure.changed: return nil
        case UnpackedSource.damaged where file.isPacked:
            let reason = "cannot \(cause.operation)"
            if !job.isWhole, isWaiting(for: job.path, file.identity) { return .unfinished(job.path, reason) }
            damaged.note(job.path, file.identity, reason)
            return .removed(job.path, .damaged(reason))
        default: return failure(job.path, .system(cause))
        }
    }
}
