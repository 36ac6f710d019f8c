import Arrays
import Platform
import TestSupport
import Testing

@testable import Blosc2

/// Frames from somebody who means no good, or from a disk that failed.
@Suite(
    .enabled(if: PythonFrames.isInstalled, "scripts/setup.sh --tests installs python-blosc2"), .patient)
struct HostileFrameTests {
    /// Reads all there is to read; either it is a partition of the file, or an error.
    @discardableResult
    private func survives(_ bytes: [UInt8]) -> Bool {
        do {
            let source = MemorySource(bytes)
            let layout = try FrameLayout(source)
            guard isPartition(layout.pieces, of: Int64(bytes.count)) else { return false }
            for range in layout.storedRanges {
                let chunk = SharedBytes(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
                guard isPartition(ChunkLayout.blocks(of: chunk), of: chunk.count) else { return false }
            }
            _ = try FrameInfo(source, layout).userAttributes.map(\.value.json)
        } catch {
            return !error.reason.isEmpty
        }
        return true
    }

    @Test(
        "A frame that is cut off anywhere is an error", arguments: ["attributes.b2nd", "holes.b2frame", "scalar.b2nd"])
    func truncatedFrames(name: String) throws {
        let frame = try #require(PythonFrames.named(name))
        for length in 0..<frame.bytes.count where length < 1500 || length % 17 == 0 {
            #expect(throws: ArrayError.self) { try FrameLayout(MemorySource(Array(frame.bytes.prefix(length)))) }
        }
    }

    @Test("Frames with damaged bytes are refused or read, and never crash", arguments: PythonFrames.all)
    func damagedFrames(frame: PythonFrames.Frame) throws {
        var random = SeededGenerator(seed: UInt64(frame.bytes.count))
        for _ in 0..<200 {
            var bytes = frame.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // Most of what is read lies at the ends.
                let near = min(400, bytes.count)
                let place = Int.random(in: 0..<near, using: &random)
                let index = Bool.random(using: &random) ? place : bytes.count - 1 - place
                bytes[index] = [0, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)].randomElement(
                    using: &random)!
            }
            if Int.random(in: 0..<8, using: &random) == 0 {
                bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
            }
            #expect(survives(bytes), "\(frame.name)")
        }
    }

    @Test("Damaged tables of offsets and user attributes are refused or read, and never crash")
    func damagedChunks() throws {
        for name in ["attributes.b2nd", "4d.b2nd", "many.b2nd", "holes.b2frame", "special-zeros-written.b2nd"] {
            let frame = try #require(PythonFrames.named(name))
            let layout = try FrameLayout(frame.source)
            let targets = [layout.offsetsChunk, layout.trailer].compactMap { $0 }
            var random = SeededGenerator(seed: 99)
            for _ in 0..<150 {
                var bytes = frame.bytes
                let target = try #require(targets.randomElement(using: &random))
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    bytes[Int(Int64.random(in: target, using: &random))] = UInt8.random(in: 0...255, using: &random)
                }
                #expect(survives(bytes), "\(name)")
            }
        }
    }

    @Test("A tiny file that claims terabytes is refused at once")
    func claimedSizes() throws {
        let frame = try #require(PythonFrames.named("special-zeros.b2nd"))
        for (place, value) in [(16, Int64.max), (30, Int64.max), (30, 1 << 50), (39, Int64.max), (39, -1), (30, -1)] {
            var bytes = frame.bytes
            withUnsafeBytes(of: value.bigEndian) { bytes.replaceSubrange(place..<(place + 8), with: $0) }
            #expect(throws: ArrayError.self) { try FrameLayout(MemorySource(bytes)) }
        }
        for (place, value) in [(11, Int32.max), (11, -1), (11, 0), (58, 1), (58, -1), (48, 0), (48, -4)] {
            var bytes = frame.bytes
            withUnsafeBytes(of: value.bigEndian) { bytes.replaceSubrange(place..<(place + 4), with: $0) }
            #expect(throws: ArrayError.self) { try FrameLayout(MemorySource(bytes)) }
        }
    }

    @Test("Chunks that overlap are refused")
    func overlappingChunks() throws {
        let frame = try #require(PythonFrames.named("random.b2nd"))
        var bytes = frame.bytes
        guard case .stored(let offset, let length) = try FrameLayout(frame.source).chunks[0] else { return }
        let longer = Int32(length + 1000)
        withUnsafeBytes(of: longer.littleEndian) {
            bytes.replaceSubrange(Int(offset) + 12..<Int(offset) + 16, with: $0)
        }
        #expect(throws: ArrayError.self) { try FrameLayout(MemorySource(bytes)) }
    }

    @Test("A chunk that only a plugin or a file could decompress is not given to C-Blosc2")
    func foreignChunks() throws {
        let frame = try #require(PythonFrames.named("4d.b2nd"))
        let layout = try FrameLayout(frame.source)
        let start = Int(try #require(layout.offsetsChunk).lowerBound)
        for (place, value) in [(2, UInt8(0xd5)), (21, 160), (21, 32), (31, 0x08), (31, 0x80), (30, 1)] {
            var bytes = frame.bytes
            bytes[start + place] = value
            #expect(throws: ArrayError.self) { try FrameLayout(MemorySource(bytes)) }
        }
    }

    @Test("The header of a sparse frame, or of a newer format, is called what it is")
    func otherFrames() throws {
        let frame = try #require(PythonFrames.named("plain.b2frame"))
        for (place, value) in [(26, UInt8(1)), (25, 0x14)] {
            var bytes = frame.bytes
            bytes[place] = value
            let error = #expect(throws: ArrayError.self) { try FrameLayout(MemorySource(bytes)) }
            #expect(error?.code == .unsupported)
        }
    }
}
