internal import CMessagePack
public import Platform

extension MessagePackValue {
    /// Nil for bytes that are not exactly one value, or one that exceeds `limits`.
    public init?(decoding bytes: SharedBytes, limits: MessagePackLimits = MessagePackLimits()) {
        // libmsgpackc reserves memory for as many elements as an array says it has; the scan makes that believable.
        guard bytes.withBytes({ limits.allow($0) }) else { return nil }
        var unpacked = msgpack_unpacked()
        msgpack_unpacked_init(&unpacked)
        defer { msgpack_unpacked_destroy(&unpacked) }
        var offset = 0
        let start = bytes.pointer.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard msgpack_unpack_next(&unpacked, start, bytes.count, &offset) == MSGPACK_UNPACK_SUCCESS,
            offset == bytes.count
        else { return nil }
        self.init(unpacked.data)
        // Strings and binaries were copied above; until here they lay in `bytes`.
        withExtendedLifetime(bytes) {}
    }

    /// The depth is bounded by ``MessagePackLimits``.
    private init(_ object: msgpack_object) {
        let via = object.via
        switch object.type {
        case MSGPACK_OBJECT_BOOLEAN: self = .bool(via.boolean)
        case MSGPACK_OBJECT_POSITIVE_INTEGER: self = Int64(exactly: via.u64).map { .int($0) } ?? .uint(via.u64)
        case MSGPACK_OBJECT_NEGATIVE_INTEGER: self = .int(via.i64)
        case MSGPACK_OBJECT_FLOAT32, MSGPACK_OBJECT_FLOAT64: self = .double(via.f64)
        case MSGPACK_OBJECT_STR:
            let bytes = Self.copy(via.str.ptr, via.str.size)
            self = String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .binary(bytes)
        case MSGPACK_OBJECT_BIN: self = .binary(Self.copy(via.bin.ptr, via.bin.size))
        case MSGPACK_OBJECT_EXT: self = .ext(via.ext.type, Self.copy(via.ext.ptr, via.ext.size))
        case MSGPACK_OBJECT_ARRAY:
            self = .array(UnsafeBufferPointer(start: via.array.ptr, count: Int(via.array.size)).map { Self($0) })
        case MSGPACK_OBJECT_MAP:
            let pairs = UnsafeBufferPointer(start: via.map.ptr, count: Int(via.map.size))
            self = .map(pairs.map { Pair(key: Self($0.key), value: Self($0.val)) })
        default: self = .null
        }
    }

    private static func copy(_ start: UnsafePointer<CChar>?, _ count: UInt32) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count)))
    }
}
