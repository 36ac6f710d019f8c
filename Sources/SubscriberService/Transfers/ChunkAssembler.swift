import Catalogue
import Platform
import Versions

/// Takes the bytes of a run of chunks as they come, and lets each chunk into the mirror when its digest is right.
///
/// Chunks of up to 8 MiB are gathered in memory and written when they are verified; longer ones are written as they come
/// and verified where they lie, so that no length of a chunk costs more memory than that.
struct ChunkAssembler: ~Copyable {
    static let gatheredLength: Int64 = 8 << 20

    private let mirror: Mirror
    private let run: Range<Int>
    private let digester: ChunkDigester
    private var current: Int
    /// Bytes of the current chunk that have come.
    private var received: Int64 = 0
    private var gathered: ByteAccumulator
    /// Chunks that came and were not what their digests say.
    private(set) var rejected: [Int] = []
    /// Bytes that came, right or wrong.
    private(set) var byteCount: Int64 = 0

    init(_ mirror: Mirror, _ run: Range<Int>) {
        self.mirror = mirror
        self.run = run
        current = run.lowerBound
        digester = ChunkDigester(content: mirror.manifest.content)
        let longest = mirror.manifest.chunks[run].lazy.map(\.length).filter { $0 <= Self.gatheredLength }.max() ?? 0
        gathered = ByteAccumulator(capacity: Int(longest))
    }

    var isComplete: Bool { current == run.upperBound }

    /// - Throws: ``FetchFailure`` when bytes cannot be written, or more come than were asked for.
    mutating func append(_ bytes: RawSpan) throws(FetchFailure) {
        var rest = 0..<bytes.byteCount
        byteCount += Int64(rest.count)
        while !rest.isEmpty {
            guard current < run.upperBound else { throw FetchFailure(.unreachable, "the source sent too many bytes") }
            let chunk = mirror.manifest.chunks[current]
            let count = Int(min(Int64(rest.count), chunk.length - received))
            let piece = bytes.extracting(rest.lowerBound..<rest.lowerBound + count)
            if chunk.length <= Self.gatheredLength {
                gathered.append(piece)
            } else {
                do { try mirror.write(piece, of: current, at: Int(received)) } catch { throw .storage(error) }
            }
            received += Int64(count)
            rest = rest.lowerBound + count..<rest.upperBound
            if received == chunk.length { try finish(chunk) }
        }
    }

    private mutating func finish(_ chunk: Manifest.Chunk) throws(FetchFailure) {
        do {
            if chunk.length <= Self.gatheredLength {
                let isRight = gathered.withBytes { digester.digest(of: $0) == chunk.digest }
                if isRight {
                    try gathered.withBytes { (bytes: RawSpan) throws(SystemError) in
                        try mirror.file.write(bytes, at: chunk.offset)
                    }
                }
                accept(isRight)
            } else {
                accept(try mirror.file.withMapping(chunk.range) { digester.digest(of: $0) == chunk.digest })
            }
        } catch {
            throw .storage(error)
        }
        gathered.removeAll()
        received = 0
        current += 1
    }

    private mutating func accept(_ isRight: Bool) {
        if isRight { mirror.arrived(current) } else { rejected.append(current) }
    }
}
