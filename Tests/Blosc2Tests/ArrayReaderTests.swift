import Arrays
import Platform
import TestSupport
import Testing

@testable import Blosc2

@Suite(
    .enabled(if: PythonFrames.isInstalled, "scripts/setup.sh --tests installs python-blosc2"), .patient)
struct ArrayReaderTests {
    /// `BPUBSUB_SLICES` asks for more or fewer, `BPUBSUB_SEED` for others.
    private static let count = Environment.current["BPUBSUB_SLICES"].flatMap { Int($0) } ?? 20_000
    private static let seed = Environment.current["BPUBSUB_SEED"].flatMap { Int($0) } ?? 1

    private func selection(_ one: SliceCases.Case, _ reader: ArrayReader) throws -> Selection {
        if one.kind == "indices" { return try reader.selection(IndexExpression(parsing: one.text)) }
        return try reader.selection(SliceExpression(parsing: one.text))
    }

    @Test("Every slice of every kind of array is what NumPy says it is")
    func differential() throws {
        try withTemporaryFolder("slices") { folder in
            let all = try SliceCases(in: folder, count: Self.count, seed: Self.seed)
            #expect(all.cases.count >= Self.count)
            var readers: [String: ArrayReader] = [:]
            var frames = ""
            for (number, one) in all.cases.enumerated() {
                let reader = try readers[one.file] ?? ArrayReader(FileSource(FileDescriptor("\(folder)/\(one.file)")))
                readers[one.file] = reader
                let values: ArrayValues
                do {
                    values = try reader.read(selection(one, reader), field: one.field)
                } catch {
                    Issue.record("\(one): \(error)")
                    continue
                }
                let isRight = values.shape == one.shape && all.isExpected(one, values.bytes)
                #expect(isRight, "\(one) gave \(values.shape)")
                guard number % 50 == 0, values.bytes.count > 0 || values.dtype != nil else { continue }
                try SliceCases.write(values.frame(), to: "\(folder)/frame-\(number)")
                let shape = one.shape.map(String.init).joined(separator: ",")
                frames += "frame-\(number)\t\(shape)\t\(one.dtype)\t\(one.bytes.lowerBound)\t\(one.bytes.count)\n"
            }
            try SliceCases.write(SharedBytes(frames), to: "\(folder)/frames")
            try TestPython.run(frameCheckScript, "", in: folder)
            let result = String(decoding: try SliceCases.read("\(folder)/result").array, as: UTF8.self)
            #expect(Int(result.dropLast()) == frames.split(separator: "\n").count)
        }
    }

    @Test("A slice is read from a file that has only the blocks that it touches")
    func filesWithHoles() throws {
        try withTemporaryFolder("holes") { folder in
            let all = try SliceCases(in: folder, count: 1500, seed: Self.seed + 1)
            for one in all.cases {
                let original = try SliceCases.read("\(folder)/\(one.file)")
                let whole = try ArrayReader(MemorySource(original))
                let selection = try selection(one, whole)
                let holes = HoleSource(original, holding: HoleSource.needed(selection, whole.layout, original))
                let values = try ArrayReader(holes, layout: whole.layout, info: whole.info).read(
                    selection, field: one.field)
                let isRight = all.isExpected(one, values.bytes)
                #expect(isRight, "\(one)")
            }
        }
    }

    @Test("Many threads read one array at once")
    func manyThreads() async throws {
        let frame = try #require(PythonFrames.named("4d.b2nd"))
        let reader = try ArrayReader(frame.source)
        let whole = try reader.read(reader.selection(.all)).bytes.array
        try await withThrowingTaskGroup(of: Void.self) { group in
            for row in 0..<200 {
                group.addTask {
                    let values = try reader.read(reader.selection(SliceExpression(parsing: "\(row % 7)")))
                    #expect(values.shape == [6, 5, 4])
                    #expect(values.bytes.array == Array(whole[(row % 7 * 480)..<(row % 7 * 480 + 480)]))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("An answer of many chunks is an array again", arguments: [[3, 1100, 600], [1_300_001], [9, 2, 300_000]])
    func largeFrames(shape: [Int]) throws {
        let count = shape.itemCount
        var random = SeededGenerator(seed: 5)
        let bytes = SharedBytes(capacity: count * 8) { span in
            for _ in 0..<count { span.append(random.next() & 0xffff_ffff, as: UInt64.self) }
        }
        for dtype in ["<f8", nil] {
            let values = ArrayValues(
                shape: dtype == nil ? [count] : shape, dtype: dtype, itemSize: 8, bytes: bytes)
            let reader = try ArrayReader(MemorySource(values.frame()))
            #expect(reader.info.array?.shape == (dtype == nil ? nil : shape.map(Int64.init)))
            #expect(reader.info.chunkCount > 1)
            let back = try reader.read(reader.selection(.all)).bytes
            #expect(back.array == bytes.array)
        }
    }

    @Test("A field that is not there is refused, and so is an answer that is too large")
    func refusals() throws {
        let structured = try ArrayReader(try #require(PythonFrames.named("structured.b2nd")).source, maximumBytes: 100)
        let error = #expect(throws: ArrayError.self) { try structured.read(structured.selection(.all), field: "z") }
        #expect(error?.reason == "no field 'z'; there are 'a', 'b', 'c'")
        let large = #expect(throws: ArrayError.self) { try structured.read(structured.selection(.all)) }
        #expect(large?.code == .tooLarge)
        let plain = try ArrayReader(try #require(PythonFrames.named("plain.b2frame")).source)
        #expect(throws: ArrayError.self) { try plain.read(plain.selection(.all), field: "a") }
        #expect(throws: ArrayError.self) { try plain.selection(IndexExpression(parsing: "[[1]]")) }
    }
}
