import Arrays
import Blosc2
import Catalogue
import Digests
import Platform
import SubscriberService
import Versions

extension Benchmark {
    /// All there are; `file` is an array that chunks are taken from.
    static func all(_ file: String) -> [Benchmark] {
        [digestOfFile, digestOfChunk(file), planning, stepping, gathering, indexUpdate, feedEncoding, feedDecoding]
    }

    private static let digestOfFile = Benchmark(name: "digest of a plain chunk", unit: "1 MiB") {
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let digester = SharedDigester(content: .plain)
        return { _ in use(digester.digest(of: bytes)) }
    }

    private static func digestOfChunk(_ file: String) -> Benchmark {
        Benchmark(name: "digest of a Blosc2 chunk, block by block", unit: "the array's second chunk") {
            let source = try FileSource(FileDescriptor(file))
            let pieces = try FrameLayout(source).pieces
            guard let piece = pieces.dropFirst(2).first else { throw Failure("\(file) has no second chunk") }
            let chunk = try source.read(at: piece.lowerBound, count: Int(piece.upperBound - piece.lowerBound)).array
            let digester = SharedDigester(content: .frame)
            return { _ in use(digester.digest(of: chunk)) }
        }
    }

    private static let planning = Benchmark(name: "which blocks a slice needs", unit: "12 blocks of 2 chunks") {
        let geometry = try ArrayGeometry(
            shape: [256, 1024, 1024], chunks: [16, 256, 256], blocks: [4, 64, 64], itemSize: 4)
        return { number in
            let slice = try SliceExpression(parsing: "\(number % 256), 200:360, 300:460")
            let selection = Selection(try slice.resolved(for: [256, 1024, 1024]), of: geometry)
            for chunk in selection.chunks { use(chunk.blockRuns) }
        }
    }

    private static let stepping = Benchmark(name: "a slice with steps read", unit: "250,000 items, stored") {
        let reader = try storedArray()
        let selection = try reader.selection(SliceExpression(parsing: "1:1001:2, 3:1003:2"))
        return { _ in use(try reader.read(selection)) }
    }

    private static let gathering = Benchmark(name: "single items read", unit: "10,000 items, stored") {
        let reader = try storedArray()
        let places = (0..<10_000).map { $0 &* 7919 % (1024 * 1024) }
        let lists = [places.map { $0 / 1024 }, places.map { $0 % 1024 }]
        let selection = try reader.selection(
            IndexExpression(lists.map { .list(shape: [places.count], positions: $0) }))
        return { _ in use(try reader.read(selection)) }
    }

    /// Numbers in memory that nobody has to decompress.
    private static func storedArray() throws -> ArrayReader {
        let bytes = SharedBytes(capacity: 4 << 20) { span in
            for number in 0..<1024 * 1024 { span.append(Int32(number), as: Int32.self) }
        }
        let values = ArrayValues(shape: [1024, 1024], dtype: "<i4", itemSize: 4, bytes: bytes)
        return try ArrayReader(MemorySource(values.frame(.stored)))
    }

    private static let indexUpdate = Benchmark(name: "a change taken into a catalogue", unit: "10,000 datasets") {
        let paths = try (0..<10_000).map { try DatasetPath("group/folder/\($0).b2nd") }
        let changes = paths.map { Change.put(array(at: $0)) }
        let lines = changes.map { FeedLine.change(1, $0).encoded }
        var state = CatalogueState()
        return { number in
            let index = number % changes.count
            use(state.apply(Revision(number + 1), changes[index], line: lines[index]))
        }
    }

    private static let feedEncoding = Benchmark(name: "a change encoded as a line of the feed", unit: "an array") {
        let dataset = array(at: try DatasetPath("group/folder/file.b2nd"))
        return { number in use(FeedLine.change(Revision(number), .put(dataset)).encoded) }
    }

    private static let feedDecoding = Benchmark(name: "a line of the feed decoded", unit: "an array") {
        let line = FeedLine.change(7, .put(array(at: try DatasetPath("group/folder/file.b2nd")))).encoded
        return { _ in use(try FeedLine(line: line)) }
    }

    private static func array(at path: DatasetPath) -> Dataset {
        let version = Version(DigestTree.block([UInt8](path.text.utf8).span.bytes, with: SHA256()))
        var dataset = Dataset(path: path, version: version, size: 345_000_000, modified: 1.5e9, kind: .array)
        dataset.array = ArrayMetadata(
            shape: [256, 1024, 1024], chunks: [16, 256, 256], blocks: [4, 64, 64], dtype: "float32")
        return dataset
    }
}

/// A digester that closures can share.
private final class SharedDigester {
    private let digester: ChunkDigester

    init(content: Manifest.Content) { digester = ChunkDigester(content: content) }

    func digest(of bytes: [UInt8]) -> Digest { digester.digest(of: bytes.span.bytes) }
}
