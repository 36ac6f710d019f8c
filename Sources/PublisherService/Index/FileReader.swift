internal import Blosc2
internal import Catalogue
internal import Platform
internal import Versions

/// Finds out what a file's version is, by reading it if need be. Blocks.
struct FileReader: Sendable {
    let folder: PublishedFolder
    let index: FolderIndex
    let statistics: Statistics
    let stop: Flag
    /// Whether events tell of changes; where none do, times are also of other machines' clocks.
    let hasEvents: Bool
    var places = FolderPlaces()

    var unfinished = UnfinishedFrames()

    private static let attempts = 3
    /// A larger file that changed while it was read is left alone until it has been quiet for a while.
    private static let rereadLimit: Int64 = 64 << 20

    func outcome(of job: WorkList.Job) -> Outcome {
        do {
            for _ in 0..<Self.attempts {
                let (file, identity) = try folder.open(job.path)
                do {
                    if !job.mustRead, let known = known(job, identity) {
                        return try reuse(known, job.path, file, identity)
                    }
                    if let outcome = try read(job, file, identity) { return outcome }
                } catch let error as VersionError {
                    if let outcome = outcome(of: error, job.path) { return outcome }
                }
                if identity.size > Self.rereadLimit { break }
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

    /// A file that cannot be had is removed only if all that holds it is where it was.
    private func failure(_ path: RelativePath, _ error: FolderError) -> Outcome {
        error.isPassing || !places.isPresent(path, in: folder) ? .unreachable(path, error) : .removed(path, error)
    }

    /// Whether no write can have come after the reading that began at `start` without the file's times showing it.
    private func isProven(
        _ identity: FileIdentity, _ version: Version, _ old: FolderIndex.Entry?, _ start: Timestamp,
        _ read: ContinuousClock.Instant
    ) -> Bool {
        if hasEvents, !places.isSilent { return identity.age(at: start) > identity.grain }
        if identity.age(at: start) > max(identity.grain, .seconds(2)) { return true }
        // Whatever the clocks say: it was the same some time ago.
        guard let old, old.identity == identity, old.version == version, let first = old.read else { return false }
        return first.duration(to: read) > .seconds(5)
    }

    /// What is known of the file under this name, or one that it had before.
    private func known(_ job: WorkList.Job, _ identity: FileIdentity) -> FolderIndex.Entry? {
        if let entry = index.entry(job.path), entry.isTrusted, entry.identity.isUnchanged(from: identity) {
            return entry
        }
        // The kernel has told that it was renamed; a rename changes the inode's own time.
        if let origin = job.origin, let entry = index.entry(origin), entry.isTrusted,
            entry.identity.isSameContent(as: identity)
        {
            return entry
        }
        return index.entry(sameAs: identity)
    }

    private func reuse(
        _ known: FolderIndex.Entry, _ path: RelativePath, _ file: FileDescriptor, _ identity: FileIdentity
    ) throws -> Outcome {
        if index.entry(path) == known { return .unchanged(path) }
        let (frame, flaw) = try VersionMaker.frame(in: GuardedSource(file, identity, stop: stop))
        let dataset = DatasetMaker.dataset(
            try folder.datasetPath(path), version: known.version, identity: identity, frame: frame, flaw: flaw)
        let entry = FolderIndex.Entry(identity: identity, version: known.version, isTrusted: true, kind: dataset.kind)
        return .made(.init(path: path, entry: entry, manifest: nil, dataset: dataset))
    }

    /// Nil when the file changed meanwhile.
    private func read(_ job: WorkList.Job, _ file: FileDescriptor, _ identity: FileIdentity) throws -> Outcome? {
        let path = job.path
        let start = Timestamp.now, instant = ContinuousClock.now
        statistics.noteRead(bytes: identity.size)
        let result = try VersionMaker.version(of: GuardedSource(file, identity, stop: stop))
        guard try file.identity() == identity else { return nil }
        if !job.isWhole, let flaw = missing(path, result), isWaiting(for: path, identity) {
            return .unfinished(path, flaw)
        }
        let dataset = DatasetMaker.dataset(
            try folder.datasetPath(path), version: result.manifest.version, identity: identity, frame: result.frame,
            flaw: result.flaw)
        let old = index.entry(path)
        let isSame = old?.identity == identity && old?.version == dataset.version
        let entry = FolderIndex.Entry(
            identity: identity, version: dataset.version,
            isTrusted: isProven(identity, dataset.version, old, start, instant), kind: dataset.kind,
            read: isSame ? old?.read ?? instant : instant)
        return .made(.init(path: path, entry: entry, manifest: result.manifest.encoded, dataset: dataset))
    }

    /// What keeps a file from being the frame that it should be.
    private func missing(_ path: RelativePath, _ result: VersionMaker.Result) -> String? {
        guard let frame = result.frame else {
            if let flaw = result.flaw { return flaw }
            let should = FrameNames.contains(path.name) || index.entry(path)?.kind ?? .file != .file
            return should ? "it does not begin as a Blosc2 frame" : nil
        }
        return frame.array == nil && index.entry(path)?.kind == .array ? "the frame holds no array any more" : nil
    }

    private func isWaiting(for path: RelativePath, _ identity: FileIdentity) -> Bool {
        let wasFrame = index.entry(path)?.kind ?? .file != .file
        return unfinished.isWaiting(for: path, wasFrame: wasFrame, age: identity.age(at: .now))
    }

    /// Nil for a file that changed: shorter than it was, or another.
    private func outcome(of error: VersionError, _ path: RelativePath) -> Outcome? {
        guard let cause = error.cause as? SystemError else { return nil }
        switch cause.code {
        case GuardedSource.Failure.stopped: return .stopped(path)
        case GuardedSource.Failure.changed: return nil
        default: return failure(path, .system(cause))
        }
    }
}
