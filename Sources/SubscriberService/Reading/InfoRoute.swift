import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Versions
import Wire

/// `GET /api/info/{path}`: what a dataset or folder is.
struct InfoRoute: Sendable {
    /// User attributes, decompressed; beyond that they are left out.
    private static let attributeLimit = 8 << 20

    let copy: CatalogueCopy
    let slices: SliceReader
    let versions: CurrentVersions
    let freshness: Freshness
    let cache: AnswerCache
    let pool: BlockingPool

    func answer(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        let entry = (try? DatasetPath(text)).flatMap { copy.entry($0) }
        switch try await pool.run({ try ReadPlace(text, in: copy) }) {
        case .dataset(let dataset):
            let response = try await answer(request, dataset)
            cache.keep(response, to: request, of: dataset.path, entry, version: dataset.version)
            return response.unlessKnown(to: request)
        case .folder(let name, let paths): return await pool.run { folder(name, paths) }
        case .nothing(let name): throw await pool.run { copy.unknown(name) }
        }
    }

    private func answer(_ request: HTTPRequest, _ dataset: Dataset) async throws -> HTTPResponse {
        guard needsFile(dataset) else { return response(dataset, request, try body(dataset, file: nil), isHeld: true) }
        return try await versions.read(dataset.path) { reading in
            // What the catalogue says may be of a newer version by now.
            guard let dataset = try await copy.dataset(reading.path, on: pool), dataset.version == reading.version
            else {
                throw FetchFailure(.gone, "\(reading.path) has changed; ask again")
            }
            let wasHeld = reading.mirror.arrayReader != nil
            let reader = try await slices.opened(reading)
            let info = try await fileInfo(reader, reading.mirror)
            return response(dataset, request, try body(dataset, file: info), isHeld: wasHeld)
        }
    }

    /// Whether the catalogue does not say enough.
    private func needsFile(_ dataset: Dataset) -> Bool {
        switch dataset.kind {
        case .file: false
        case .frame: dataset.attributesOmitted == true || dataset.frame == nil
        case .array: dataset.attributesOmitted == true || dataset.frame == nil || dataset.array == nil
        }
    }

    private func fileInfo(_ reader: ArrayReader, _ mirror: Mirror) async throws -> FrameInfo {
        guard reader.info.omittedAttributes > 0 else { return reader.info }
        return try await pool.run {
            let source = FileSource(mirror.file, size: mirror.manifest.size)
            return try FrameInfo(source, reader.layout, attributeLimit: Self.attributeLimit)
        }
    }

    // MARK: Making the answer

    private func body(_ dataset: Dataset, file: FrameInfo?) throws -> [UInt8] {
        let modified = InfoAnswer.time(dataset.modified)
        guard dataset.kind != .file, let frame = file.map(FrameMetadata.init) ?? dataset.frame else {
            return WireJSON.encode(InfoAnswer.Frame(plain: dataset.size, modified: modified))
        }
        var attributes = dataset.attributes ?? [:]
        if let file {
            attributes = Dictionary(
                try file.userAttributes.map { attribute in
                    (
                        attribute.name,
                        try WireJSON.decode(JSONValue.self, from: Array(attribute.value.json.utf8), .attributes)
                    )
                }, uniquingKeysWith: { $1 })
        }
        guard dataset.kind == .array, let array = file?.array.map({ ArrayMetadata($0) }) ?? dataset.array else {
            return WireJSON.encode(InfoAnswer.Frame(frame, attributes: attributes, modified: modified))
        }
        return WireJSON.encode(
            InfoAnswer.Array(
                shape: array.shape, chunks: array.chunks, blocks: array.blocks, dtype: array.dtype,
                schunk: .init(frame, attributes: attributes, modified: .null), mtime: modified))
    }

    private func response(
        _ dataset: Dataset, _ request: HTTPRequest, _ body: [UInt8], isHeld: Bool
    ) -> HTTPResponse {
        var headers = freshness.headers(dataset.path, dataset.version, isHeld: isHeld, isCurrent: true)
        headers["ETag"] = EntityTag(dataset.version.description).description
        return .large(body, request, headers: headers)
    }

    private func folder(_ name: String, _ paths: [DatasetPath]) -> HTTPResponse {
        var size = Tally(), modified: Double?
        for entry in paths.lazy.compactMap({ copy.entry($0) }) {
            size.add(entry.size)
            modified = max(modified ?? entry.modified, entry.modified)
        }
        let since = modified ?? copy.group(name)?.since ?? 0
        return .json(InfoAnswer.Folder(mtime: InfoAnswer.time(since), size: size.value, nfiles: paths.count))
    }
}
