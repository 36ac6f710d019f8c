import Catalogue
import HTTP
import Platform
import Synchronization
import Versions
import Wire

/// Fetches manifests and chunks over HTTP, and believes nothing that their digests do not confirm.
struct Fetcher: Sendable {
    let client: HTTPClient
    /// How long a source may be silent.
    let timeout: Duration
    /// What that is measured by.
    let clock: any SteadyClock
    let counters: TransferCounters
    let log: Logger

    /// Bytes that have to come within each timeout: a source that is slower than a modem is as good as silent.
    private static let minimumProgress = 16 << 10
    /// Bytes of a manifest: more than three million chunks.
    private static let manifestLimit = 128 << 20

    private func request(_ url: String, _ headers: HTTPHeaders = [:]) -> HTTPClient.Request {
        HTTPClient.Request(
            url: url, headers: headers, idleTimeout: timeout, minimumProgress: Self.minimumProgress, clock: clock)
    }

    // MARK: Manifests

    /// - Parameter old: a manifest that is known here; only the difference to it is then sent.
    func manifest(
        of version: Version, since old: Manifest?, from sources: [Source]
    ) async throws(FetchFailure) -> Manifest {
        var failure: FetchFailure?
        for source in sources {
            do {
                return try await manifest(of: version, since: old, from: source)
            } catch {
                failure = error.merged(with: failure)
            }
        }
        throw failure ?? .noSource(version)
    }

    private func manifest(
        of version: Version, since old: Manifest?, from source: Source
    ) async throws(FetchFailure) -> Manifest {
        let request = request(source.url(of: version, .manifest(since: old?.version)))
        let response: HTTPClient.Response
        counters.asked()
        do {
            response = try await client.send(request, limit: Self.manifestLimit)
        } catch {
            throw FetchFailure(error, source)
        }
        try check(response.head, version, source)
        counters.fetched(Int64(response.body.count))
        let isDelta = response.headers["Content-Type"] == MediaType.manifestDelta
        do {
            let manifest =
                if isDelta, let old {
                    try ManifestDelta.decode(response.body, since: old, limit: Self.manifestLimit / 40)
                } else {
                    try Manifest(encoded: response.body)
                }
            guard manifest.version == version else {
                throw FetchFailure(.corrupt, "the manifest that \(source.url) sent is not that of version \(version)")
            }
            // A publisher cuts plain files into short pieces; of others nothing could be kept.
            guard
                manifest.content != .plain || manifest.chunks.allSatisfy({ $0.length <= VersionMaker.plainChunkLength })
            else { throw FetchFailure(.corrupt, "version \(version) at \(source.url) is cut as no publisher cuts") }
            return manifest
        } catch let error as FetchFailure {
            throw error
        } catch {
            throw FetchFailure(.corrupt, "the manifest of version \(version) from \(source.url): \(error)")
        }
    }

    // MARK: Chunks

    /// Fetches a run of chunks into the mirror, from the first source that has it; what a failing source sent is kept.
    func fetch(_ run: Range<Int>, of mirror: Mirror, from sources: [Source]) async throws(FetchFailure) {
        var failure: FetchFailure?
        for source in sources {
            do {
                for missing in Self.missing(in: run, of: mirror) {
                    let rejected = try await fetch(missing, of: mirror, from: source)
                    for chunk in rejected { try await fetchAgain(chunk, of: mirror, from: source) }
                }
                return
            } catch {
                failure = error.merged(with: failure)
                if error.reason == .stopping || error.isLocal { break }
            }
        }
        throw failure ?? .noSource(mirror.version)
    }

    /// A chunk that failed its digest gets one more chance: the network may have been at fault.
    private func fetchAgain(_ chunk: Int, of mirror: Mirror, from source: Source) async throws(FetchFailure) {
        counters.rejected()
        let offset = mirror.manifest.chunks[chunk].offset
        log.warning("a chunk failed its digest; fetching it again", ["offset": offset, "source": source.url])
        let rejected = try await fetch(chunk..<chunk + 1, of: mirror, from: source)
        guard rejected.isEmpty else {
            counters.rejected()
            // Asked for proofs the source digests the bytes itself, and finds out that its file is not what it was.
            do {
                return try await fetch(BlockRequest([.init(chunk: chunk, blocks: [])]), of: mirror, from: source)
            } catch  where error.reason == .gone {
                throw error
            } catch {
                log.debug("nor are there proofs", ["source": source.url, "reason": error])
            }
            throw FetchFailure(
                .corrupt,
                "the chunk at offset \(offset) of version \(mirror.version) failed its digest twice at \(source.url)")
        }
    }

    private static func missing(in run: Range<Int>, of mirror: Mirror) -> [Range<Int>] {
        let present = mirror.present
        var runs: [Range<Int>] = []
        for chunk in run where !present.contains(chunk) {
            if let last = runs.last, last.upperBound == chunk {
                runs[runs.count - 1] = last.lowerBound..<chunk + 1
            } else {
                runs.append(chunk..<chunk + 1)
            }
        }
        return runs
    }

    /// - Returns: the chunks that came and failed their digests.
    private func fetch(_ run: Range<Int>, of mirror: Mirror, from source: Source) async throws(FetchFailure) -> [Int] {
        let first = mirror.manifest.chunks[run.lowerBound].offset
        let end = mirror.manifest.chunks[run.upperBound - 1].range.upperBound
        let request = request(source.url(of: mirror.version, .data), ["Range": "bytes=\(first)-\(end - 1)"])
        let assembler = Locked(ChunkAssembler(mirror, run))
        counters.asked()
        do {
            _ = try await client.receive(request) { head in
                try check(head, mirror.version, source)
                guard head.status == 206,
                    head.headers["Content-Range"] == "bytes \(first)-\(end - 1)/\(mirror.manifest.size)"
                else {
                    // A server that ignores ranges sends all: right only if all was asked for.
                    guard head.status == 200, first == 0, end == mirror.manifest.size else {
                        throw FetchFailure(
                            .unreachable, "\(source.url) does not answer with the range that was asked for")
                    }
                    return
                }
            } onBytes: { bytes in
                counters.fetched(Int64(bytes.byteCount))
                try assembler.withLock { try $0.append(bytes) }
            }
        } catch let error as FetchFailure {
            throw error
        } catch let error as HTTPError {
            throw FetchFailure(error, source)
        } catch {
            throw FetchFailure(.unreachable, "\(source.url): \(error)")
        }
        let (complete, rejected) = assembler.withLock { ($0.isComplete, $0.rejected) }
        guard complete else { throw FetchFailure(.unreachable, "\(source.url) sent fewer bytes than it said") }
        return rejected
    }

    // MARK: Blocks

    /// Fetches blocks into the mirror, in one request, from the first source that has them.
    func fetch(_ request: BlockRequest, of mirror: Mirror, from sources: [Source]) async throws(FetchFailure) {
        var failure: FetchFailure?
        for source in sources {
            do {
                return try await fetch(request, of: mirror, from: source)
            } catch {
                failure = error.merged(with: failure)
                if error.reason == .corrupt { counters.rejected() }
                if error.reason == .stopping || error.isLocal { break }
            }
        }
        throw failure ?? .noSource(mirror.version)
    }

    private func fetch(_ request: BlockRequest, of mirror: Mirror, from source: Source) async throws(FetchFailure) {
        let asked = self.request(source.url(of: mirror.version, .blocks(request)))
        let decoder = Locked(ProvenBlocksDecoder(mirror.manifest, asked: request.places))
        counters.asked()
        do {
            _ = try await client.receive(asked) { head in
                try check(head, mirror.version, source)
                guard head.status == 200 else {
                    throw FetchFailure(.unreachable, "\(source.url) answers with \(head) for blocks")
                }
            } onBytes: { bytes in
                counters.fetched(Int64(bytes.byteCount))
                for blocks in try decoder.withLock({ try $0.append(bytes) }) {
                    try mirror.store(blocks)
                }
            }
        } catch let error as FetchFailure where error.reason == .corrupt {
            throw FetchFailure(.corrupt, "\(source.url): \(error.message)")
        } catch let error as FetchFailure {
            throw error
        } catch let error as HTTPError {
            throw FetchFailure(error, source)
        } catch {
            throw FetchFailure(.corrupt, "the blocks that \(source.url) sent: \(error)")
        }
        guard decoder.withLock({ $0.isAtEnd }) else {
            throw FetchFailure(.unreachable, "\(source.url) sent fewer bytes than it said")
        }
    }

    private func check(_ head: HTTPClient.Head, _ version: Version, _ source: Source) throws(FetchFailure) {
        switch head.status {
        case 200, 206: return
        case 404, 410: throw FetchFailure(.gone, "\(source.url) no longer has version \(version)")
        default: throw FetchFailure(.unreachable, "\(source.url) answers with \(head)")
        }
    }
}

extension FetchFailure {
    init(_ error: HTTPError, _ source: Source) {
        let reason: Reason =
            switch error.code {
            case .timeout: .timeout
            case .cancelled: .stopping
            default: .unreachable
            }
        let hint =
            error.code == .cannotConnect
            ? "; if this address cannot be reached from here, its publisher must give another one with --advertise" : ""
        self.init(reason, "\(source.url): \(error.message)\(hint)")
    }

    static func noSource(_ version: Version) -> FetchFailure {
        FetchFailure(.unreachable, "no publisher of version \(version) is known")
    }
}
