internal import CMicroHTTPD
internal import Glibc
internal import Platform

/// Sole owner of one `MHD_Response`; the reference count in C keeps it alive while it is being sent.
struct MHDResponse: ~Copyable {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer?) throws(HTTPError) {
        guard let pointer else { throw HTTPError(.outOfMemory, "there is no memory for a response") }
        self.pointer = pointer
    }

    deinit { MHD_destroy_response(pointer) }

    /// - Parameter exchange: Makes the bytes of a streamed body.
    init(_ body: HTTPResponse.Body, of exchange: ServerExchange) throws(HTTPError) {
        switch body {
        case .none: self = try .empty()
        case .bytes(let bytes): self = try .bytes(bytes)
        case .segments(let segments): self = try .segments(segments)
        case .file(let file, let offset, let length): self = try .file(file, offset, length, of: exchange)
        case .fixedFile(let file, let offset, let length): self = try .fixedFile(file, offset, length, of: exchange)
        case .stream(let length, _): self = try .stream(length, of: exchange)
        }
    }

    private static func empty() throws(HTTPError) -> MHDResponse {
        try MHDResponse(MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT))
    }

    private static func bytes(_ bytes: SharedBytes) throws(HTTPError) -> MHDResponse {
        // The address is not written to, although C does not say `const`.
        let memory = UnsafeMutableRawPointer(mutating: bytes.pointer.baseAddress)
        let owner = Unmanaged.passRetained(bytes)
        let pointer = MHD_create_response_from_buffer_with_free_callback_cls(
            bytes.count, memory, releaseObject, owner.toOpaque())
        if pointer == nil { owner.release() }
        return try MHDResponse(pointer)
    }

    /// The library copies vectors into the connection's 32 KiB of memory; where they do not fit it cuts the answer, and
    /// 0.9.75 ends the process.
    private static let mostVectors = 256

    private static func joined(_ segments: [SharedBytes]) -> SharedBytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(segments.saturatingSum { $0.count })
        for segment in segments { bytes += segment.pointer }
        return SharedBytes(bytes)
    }

    private static func segments(_ segments: [SharedBytes]) throws(HTTPError) -> MHDResponse {
        let vectors = segments.filter { $0.count > 0 }
            .map { MHD_IoVec(iov_base: $0.pointer.baseAddress, iov_len: $0.count) }
        guard !vectors.isEmpty else { return try .empty() }
        guard vectors.count <= mostVectors else { return try .bytes(joined(segments)) }
        let owner = Unmanaged.passRetained(Retained(segments))
        let pointer = MHD_create_response_from_iovec(
            vectors, UInt32(vectors.count), releaseObject, owner.toOpaque())
        if pointer == nil { owner.release() }
        return try MHDResponse(pointer)
    }

    /// Not with the library's `sendfile`: that never ends when the file has become shorter meanwhile.
    private static func file(
        _ file: FileDescriptor, _ offset: Int64, _ length: Int64, of exchange: ServerExchange, isCounted: Bool = false
    ) throws(HTTPError) -> MHDResponse {
        guard length > 0 else { return try .empty() }
        let owner = Unmanaged.passRetained(
            FileSource(file: file, offset: offset, exchange: exchange, isCounted: isCounted))
        let pointer = MHD_create_response_from_callback(
            UInt64(length), min(Int(clamping: length), 128 << 10), readFile, owner.toOpaque(), releaseObject)
        if pointer == nil { owner.release() }
        return try MHDResponse(pointer)
    }

    private static func fixedFile(
        _ file: FileDescriptor, _ offset: Int64, _ length: Int64, of exchange: ServerExchange
    ) throws(HTTPError) -> MHDResponse {
        guard length > 0, let identity = try? file.identity(), identity.size >= offset + length else {
            return try .file(file, offset, length, of: exchange, isCounted: true)
        }
        // The response closes its descriptor, and may outlive ours.
        let own = fcntl(file.raw, F_DUPFD_CLOEXEC, 0)
        // With few left they are for those who cannot do without.
        guard own >= 0, !DescriptorPlan.isOfTheLast(own) else {
            if own >= 0 { close(own) }
            return try .file(file, offset, length, of: exchange, isCounted: true)
        }
        let pointer = MHD_create_response_from_fd_at_offset64(UInt64(length), own, UInt64(offset))
        if pointer == nil { close(own) }
        return try MHDResponse(pointer)
    }

    private static func stream(_ length: Int64?, of exchange: ServerExchange) throws(HTTPError) -> MHDResponse {
        let owner = Unmanaged.passRetained(exchange)
        let size = length.map { UInt64(max($0, 0)) } ?? cmhd_size_unknown
        let pointer = MHD_create_response_from_callback(size, 64 * 1024, readContent, owner.toOpaque(), releaseObject)
        if pointer == nil { owner.release() }
        return try MHDResponse(pointer)
    }

    /// The library refuses names and values with line breaks: nothing can be smuggled into the head.
    func add(_ name: String, _ value: String) { MHD_add_response_header(pointer, name, value) }

    private final class Retained: Sendable {
        let segments: [SharedBytes]
        init(_ segments: [SharedBytes]) { self.segments = segments }
    }

    fileprivate final class FileSource: Sendable {
        private let file: FileDescriptor
        private let offset: Int64
        private let exchange: ServerExchange
        /// The bytes are in the statistics already.
        private let isCounted: Bool

        init(file: FileDescriptor, offset: Int64, exchange: ServerExchange, isCounted: Bool) {
            self.file = file
            self.offset = offset
            self.exchange = exchange
            self.isCounted = isCounted
        }

        func fill(_ target: UnsafeMutableRawBufferPointer, from position: UInt64) -> Int {
            while true {
                let count = pread(file.raw, target.baseAddress, target.count, off_t(offset) + off_t(position))
                if count > 0 {
                    if !isCounted { exchange.noteSent(count) }
                    return count
                }
                if count == 0 || errno != EINTR { return exchange.fail(target) }
            }
        }
    }
}

/// `MHD_ContentReaderFreeCallback`, on a polling thread: gives one retain back.
private let releaseObject: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
    Unmanaged<AnyObject>.fromOpaque(context!).release()
}

/// `MHD_ContentReaderCallback` of a file. The library never asks for more than the length that it was told.
private let readFile:
    @convention(c) (
        UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<CChar>?, Int
    ) -> Int = { context, position, buffer, limit in
        let target = UnsafeMutableRawBufferPointer(start: buffer, count: limit)
        return Unmanaged<MHDResponse.FileSource>.fromOpaque(context!)
            ._withUnsafeGuaranteedRef { $0.fill(target, from: position) }
    }

/// `MHD_ContentReaderCallback`, on a polling thread: the buffer is ours during the call.
private let readContent:
    @convention(c) (
        UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<CChar>?, Int
    ) -> Int = { context, _, buffer, limit in
        let target = UnsafeMutableRawBufferPointer(start: buffer, count: limit)
        return Unmanaged<ServerExchange>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.fill(target) }
    }
