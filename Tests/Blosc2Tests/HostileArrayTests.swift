import Arrays
import Platform
import TestSupport
import Testing

@testable import Blosc2

/// Arrays from somebody who means no good: readable or refused, never a crash, a hang or memory without bound.
@Suite(
    .enabled(if: PythonFrames.isInstalled, "scripts/setup.sh --tests installs python-blosc2"), .patient)
struct HostileArrayTests {
    private func readParts(_ bytes: [UInt8], _ random: inout SeededGenerator) {
        do throws(ArrayError) {
            let reader = try ArrayReader(MemorySource(bytes), maximumBytes: 1 << 22)
            for _ in 0..<3 {
                let shape = reader.geometry.shape.map { min($0, 1 << 20) }
                let text = random.slice(of: shape)
                let slice = try SliceExpression(parsing: text).resolved(for: shape.map(Int64.init))
                // Errors of one slice say nothing of the next.
                guard let selection = try? reader.selection(SliceExpression(slice)) else { continue }
                _ = try? reader.read(selection).frame()
            }
            _ = try reader.read(reader.selection(.all))
        } catch {
            #expect(!error.reason.isEmpty)
        }
    }

    /// How often each array is damaged; `BPUBSUB_DAMAGES` asks for more.
    private static let damages = Environment.current["BPUBSUB_DAMAGES"].flatMap { Int($0) } ?? 40

    private func damageChunks(_ original: [UInt8], _ random: inout SeededGenerator) throws {
        let stored = try FrameLayout(MemorySource(original)).storedRanges
        guard !stored.isEmpty else { return }
        for _ in 0..<Self.damages {
            var bytes = original
            let chunk = try #require(stored.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let limit = Bool.random(using: &random) ? min(60, chunk.count) : chunk.count
                let place = Int(chunk.lowerBound) + Int.random(in: 0..<limit, using: &random)
                bytes[place] = [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)].randomElement(
                    using: &random)!
            }
            readParts(bytes, &random)
        }
    }

    @Test("Chunks with damaged bytes are refused or read", arguments: PythonFrames.all)
    func damagedChunks(frame: PythonFrames.Frame) throws {
        var random = SeededGenerator(seed: UInt64(frame.bytes.count) + 1)
        try damageChunks(frame.bytes, &random)
    }

    @Test("Chunks of every codec and filter with damaged bytes are refused or read")
    func damagedCodecs() throws {
        try withTemporaryFolder("damaged") { folder in
            let seed = Environment.current["BPUBSUB_SEED"].flatMap { Int($0) } ?? 1
            let files = Set(try SliceCases(in: folder, count: 6000, seed: seed + 2).cases.map(\.file))
            var random = SeededGenerator(seed: UInt64(seed))
            for file in files.sorted() {
                try damageChunks(SliceCases.read("\(folder)/\(file)").array, &random)
            }
        }
    }

    @Test("An array whose description contradicts its frame is refused or read", arguments: PythonFrames.all)
    func damagedDescriptions(frame: PythonFrames.Frame) throws {
        var random = SeededGenerator(seed: UInt64(frame.bytes.count) + 2)
        for _ in 0..<Self.damages {
            var bytes = frame.bytes
            let header = Int(try FrameLayout(frame.source).header.upperBound)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 27..<header, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            readParts(bytes, &random)
        }
    }
}

extension SliceExpression {
    /// The same positions.
    fileprivate init(_ slice: ResolvedSlice) {
        self.init(
            slice.axes.map { axis in
                if axis.dropsDimension { return .index(axis.start) }
                return .range(start: axis.start, stop: axis.start + axis.count, step: 1)
            })
    }
}
