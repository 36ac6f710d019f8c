/// How much a MessagePack value from outside may hold.
public struct MessagePackLimits: Sendable {
    /// Of arrays and maps in each other; libmsgpackc itself ends at 32.
    public var depth = 16
    public var valueCount = 1 << 16

    public init() {}

    /// Whether `bytes` are exactly one value that keeps the limits, and whose sizes fit in `bytes`.
    func allow(_ bytes: RawSpan) -> Bool {
        var scan = Scan(valuesLeft: valueCount)
        return scan.value(bytes, depth: depth) && scan.position == bytes.byteCount
    }

    private struct Scan {
        var position = 0
        var valuesLeft: Int

        mutating func value(_ bytes: RawSpan, depth: Int) -> Bool {
            guard valuesLeft > 0, let mark = bytes.byte(position) else { return false }
            valuesLeft -= 1
            position += 1
            switch mark {
            case 0x00...0x7f, 0xe0...0xff, 0xc0, 0xc2, 0xc3: return true
            case 0x80...0x8f: return elements(bytes, 2 * Int(mark & 0x0f), depth)
            case 0x90...0x9f: return elements(bytes, Int(mark & 0x0f), depth)
            case 0xa0...0xbf: return skip(bytes, Int(mark & 0x1f))
            case 0xc4, 0xd9: return sized(bytes, UInt8.self)
            case 0xc5, 0xda: return sized(bytes, UInt16.self)
            case 0xc6, 0xdb: return sized(bytes, UInt32.self)
            case 0xc7: return sized(bytes, UInt8.self, extra: 1)
            case 0xc8: return sized(bytes, UInt16.self, extra: 1)
            case 0xc9: return sized(bytes, UInt32.self, extra: 1)
            case 0xca...0xd3: return skip(bytes, [4, 8, 1, 2, 4, 8, 1, 2, 4, 8][Int(mark) - 0xca])
            case 0xd4...0xd8: return skip(bytes, 1 + 1 << (Int(mark) - 0xd4))
            case 0xdc: return size(bytes, UInt16.self).map { elements(bytes, $0, depth) } ?? false
            case 0xdd: return size(bytes, UInt32.self).map { elements(bytes, $0, depth) } ?? false
            case 0xde: return size(bytes, UInt16.self).map { elements(bytes, 2 * $0, depth) } ?? false
            case 0xdf: return size(bytes, UInt32.self).map { elements(bytes, 2 * $0, depth) } ?? false
            default: return false
            }
        }

        private mutating func elements(_ bytes: RawSpan, _ count: Int, _ depth: Int) -> Bool {
            guard depth > 0, count <= valuesLeft, count <= bytes.byteCount - position else { return false }
            for _ in 0..<count where !value(bytes, depth: depth - 1) { return false }
            return true
        }

        private mutating func size<Size: FixedWidthInteger & BitwiseCopyable>(
            _ bytes: RawSpan, _: Size.Type
        ) -> Int? {
            guard let size: Size = bytes.bigEndian(position) else { return nil }
            position += MemoryLayout<Size>.size
            return Int(size)
        }

        private mutating func sized<Size: FixedWidthInteger & BitwiseCopyable>(
            _ bytes: RawSpan, _ type: Size.Type, extra: Int = 0
        ) -> Bool {
            size(bytes, type).map { skip(bytes, $0 + extra) } ?? false
        }

        private mutating func skip(_ bytes: RawSpan, _ count: Int) -> Bool {
            guard count <= bytes.byteCount - position else { return false }
            position += count
            return true
        }
    }
}
