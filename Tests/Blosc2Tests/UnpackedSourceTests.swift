import Arrays
import Platform
import Testing

@testable import Blosc2

/// What is packed in a frame, read as a file of its own.
@Suite struct UnpackedSourceTests {
    private static let bytes = (0..<5_000_001).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 11) }

    private static func frame(_ bytes: [UInt8], _ codec: FrameCodec = .small) throws -> [UInt8] {
        try ArrayValues(shape: [bytes.count], dtype: nil, itemSize: 1, bytes: SharedBytes(bytes)).frame(codec).array
    }

    @Test("Every part is that of the packed bytes", arguments: [FrameCodec.small, .stored, .fast])
    func parts(_ codec: FrameCodec) throws {
        let frame = try Self.frame(Self.bytes, codec)
        #expect(try PackedFile(MemorySource(frame)) == .packed(size: Int64(Self.bytes.count)))
        let source = try UnpackedSource(MemorySource(frame))
        #expect(source.size == Self.bytes.count)
        let section = Int(UnpackedSource.sectionLength)
        for (offset, count) in [
            (0, 1), (0, Self.bytes.count), (section - 1, 2), (section, section), (100, 3 * section), (5_000_000, 9),
            (5_000_001, 1), (9_000_000, 1), (0, 0), (4_000_000, .max),
        ] {
            let start = min(offset, Self.bytes.count)
            let wanted = Array(Self.bytes[start..<min(start +| count, Self.bytes.count)])
            #expect(try source.read(at: Int64(offset), count: count).array == wanted, "\(offset), \(count)")
        }
    }

    @Test("Nothing is packed in a frame without data")
    func empty() throws {
        let frame = try Self.frame([])
        #expect(try PackedFile(MemorySource(frame)) == .packed(size: 0))
        #expect(try UnpackedSource(MemorySource(frame)).read(at: 0, count: 10).count == 0)
    }

    @Test("Arrays, items and enormous claims are nothing packed; what has no whole header may become it")
    func others() throws {
        let bytes = SharedBytes([UInt8](repeating: 1, count: 64))
        let array = try ArrayValues(shape: [64], dtype: "|u1", itemSize: 1, bytes: bytes).frame().array
        #expect(try PackedFile(MemorySource(array)) == .other)
        let items = try ArrayValues(shape: [16], dtype: nil, itemSize: 4, bytes: bytes).frame().array
        #expect(try PackedFile(MemorySource(items)) == .other)
        var bomb = try Self.frame(bytes.array)
        bomb[32] = 1
        #expect(try PackedFile(MemorySource(bomb)) == .other)
        bomb[30] = 0xff
        #expect(try PackedFile(MemorySource(bomb)) == .other)
        for length in [0, 1, 50, 90] {
            guard case .unfinished = try PackedFile(MemorySource(Array(array.prefix(length)))) else {
                Issue.record("\(length) bytes are the beginning of a frame")
                continue
            }
        }
    }

    @Test("Every byte that is wrong is an error that says so, or gives as many bytes as are claimed")
    func hostile() throws {
        let frame = try Self.frame(Array(Self.bytes.prefix(3000)))
        for place in frame.indices {
            for bit in [0, 3, 7] {
                var bytes = frame
                bytes[place] ^= 1 << bit
                guard case .packed(let size) = try PackedFile(MemorySource(bytes)) else { continue }
                do {
                    let source = try UnpackedSource(MemorySource(bytes))
                    #expect(source.size == size)
                    #expect(try source.read(at: 0, count: 10_000).count == min(size, 10_000))
                } catch {
                    #expect(error.code == UnpackedSource.damaged, "byte \(place), bit \(bit): \(error)")
                }
            }
        }
    }

    @Test("What would have to be in memory as a whole is refused, before it is read")
    func largeUnits() throws {
        var frame = try Self.frame(Self.bytes)
        func read(_ limit: Int) throws(SystemError) -> [UInt8] {
            try UnpackedSource(MemorySource(frame), largestUnit: limit).read(at: 0, count: 600).array
        }
        #expect(try read(1 << 18) == Array(Self.bytes.prefix(600)))
        #expect(throws: (any Error).self) { try read(1 << 17) }
        // Without its table of blocks, behind the headers of frame and chunk, the chunk is one unit.
        for place in 129..<137 { frame[place] = 0xff }
        let error = #expect(throws: SystemError.self) { try read(1 << 18) }
        #expect(error?.operation.contains("at once") == true)
    }

    @Test("Of what was unpacked lately not more is kept than may be")
    func sections() throws {
        let sections = UnpackedSections(limit: 5 << 20)
        let frame = try Self.frame(Self.bytes)
        for name in ["a", "b", "c"] {
            let source = try UnpackedSource(MemorySource(frame), sections: sections, name: name)
            #expect(try source.read(at: 0, count: .max).array == Self.bytes)
        }
        var made: [Int64] = []
        for number: Int64 in 0..<3 {
            _ = try sections.section(.init(name: "c", number: number)) { () throws(SystemError) in
                made.append(number)
                return SharedBytes([])
            }
            _ = try sections.section(.init(name: "a", number: number)) { () throws(SystemError) in
                SharedBytes([])
            }
        }
        #expect(made.isEmpty)
        var isMade = false
        _ = try sections.section(.init(name: "b", number: 0)) { () throws(SystemError) in
            isMade = true
            return SharedBytes([])
        }
        #expect(isMade)
    }
}
