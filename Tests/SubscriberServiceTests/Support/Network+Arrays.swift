import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Versions
import Wire

@testable import SubscriberService

extension Network {
    /// Publishes a frame as `foo/name`, with what a publisher would say of it.
    @discardableResult func publishFrame(
        _ name: String, _ bytes: [UInt8], modified: Double = 1_764_000_000.25, attributes: [String: JSONValue]? = nil,
        omitsAttributes: Bool = false
    ) async throws -> Version {
        let version = try publisher.add(bytes)
        var dataset = Dataset(
            path: try DatasetPath("foo/" + name), version: version, size: Int64(bytes.count), modified: modified,
            mediaType: "application/vnd.blosc2.frame")
        let source = MemorySource(bytes)
        let info = try FrameInfo(source, FrameLayout(source))
        dataset.kind = info.array == nil ? .frame : .array
        dataset.frame = FrameMetadata(info)
        dataset.array = info.array.flatMap { ArrayMetadata($0) }
        dataset.attributes = attributes
        dataset.attributesOmitted = omitsAttributes ? true : nil
        try await announce(.put(dataset))
        return version
    }
}

/// Arrays that are made without Python.
enum SampleArray {
    /// float32 (64, 128, 128): 8 chunks of 128 blocks each; a block is 4 KiB of noise.
    static func cube() throws -> [UInt8] { try made.get() }

    // Made once: that takes its time.
    private static let made = Result { try makeCube() }

    /// The cube with other values in its last planes, all of chunks of their own.
    static func cube(changedFrom plane: Int64) throws -> [UInt8] { try makeCube { $0 >= plane ? $0 + 1000 : $0 } }

    private static func makeCube(_ seed: (Int64) -> Int64 = { $0 }) throws -> [UInt8] {
        let rowBytes = 128 * 128 * 4
        let description = ArrayDescription(
            shape: [64, 128, 128], chunks: [16, 64, 128], blocks: [4, 16, 16], dtype: "<f4")
        return try make(description) { rows, span in
            for byte in noise(rows.count * rowBytes, seed: UInt64(seed(rows.lowerBound))) { span.append(byte) }
        }
    }

    /// int64, all items the same.
    static func constant(_ value: Int64, shape: [Int64] = [64, 64], chunks: [Int] = [16, 16]) throws -> [UInt8] {
        let rowBytes = Int(shape.dropFirst().reduce(8, *))
        var description = ArrayDescription(
            shape: shape, chunks: chunks, blocks: chunks.map { max($0 / 4, 1) }, dtype: "<i8")
        // Stored as they are, so that every block has bytes of its own.
        description.compressionLevel = 0
        return try make(description) { rows, span in
            for _ in 0..<(rows.count * rowBytes / 8) {
                for shift in 0..<8 { span.append(UInt8(truncatingIfNeeded: value >> (8 * Int64(shift)))) }
            }
        }
    }

    private static func make(
        _ description: ArrayDescription, fill: (Range<Int64>, inout OutputRawSpan) -> Void
    ) throws -> [UInt8] {
        try withTemporaryFolder("array") { folder in
            try ArrayFile.create(folder + "/a.b2nd", description, fill: fill)
            return try FileSystem.readAll(folder + "/a.b2nd", limit: 1 << 30)
        }
    }

    /// What a slice of a frame is.
    static func values(_ frame: [UInt8], _ slice: String = "", field: String? = nil) throws -> ArrayValues {
        let reader = try ArrayReader(MemorySource(frame))
        return try reader.read(reader.selection(SliceExpression(parsing: slice)), field: field)
    }
}

extension TestSubscriber {
    /// `GET` with a query that is encoded here.
    func ask(
        _ path: String, _ query: [(String, String)] = [], method: String = "GET", headers: HTTPHeaders = [:],
        body: String? = nil
    ) async throws -> HTTPClient.Response {
        let tail = query.map { "\(PercentEncoding.query($0))=\(PercentEncoding.query($1))" }.joined(separator: "&")
        return try await client.send(
            .init(
                method: method, url: url + PercentEncoding.path(path) + (tail.isEmpty ? "" : "?" + tail),
                // As long as other waits are: two hundred tests may share the processors.
                headers: headers, body: body.map { SharedBytes($0) }, idleTimeout: Patience.limit), limit: 1 << 30)
    }

    /// A slice of `foo/name`, as the frame that came says.
    func slice(_ name: String, _ slice: String, field: String? = nil) async throws -> ArrayValues {
        let query = [("slice_", slice)] + (field.map { [("field", $0)] } ?? [])
        let answer = try await ask("/api/fetch/foo/" + name, query)
        guard answer.status == 200 else { throw TestFailure("fetch: \(answer.status) \(answer.text)") }
        return try SampleArray.values(answer.body)
    }

    func json(_ path: String) async throws -> JSONValue {
        try WireJSON.decode(JSONValue.self, from: try await ask(path).body)
    }
}

extension JSONValue {
    subscript(key: String) -> JSONValue? { if case .object(let object) = self { object[key] } else { nil } }
}
