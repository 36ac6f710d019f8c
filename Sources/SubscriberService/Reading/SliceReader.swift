import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Wire

/// Reads parts of arrays: finds out which blocks they take, sees to it that these are held, and reads them.
struct SliceReader: Sendable {
    /// Items in memory, for one answer.
    static let maximumBytes = 1 << 29

    let keeper: MirrorKeeper
    let pool: BlockingPool
    let budget: Slots
    let codec: FrameCodec

    /// - Parameters:
    ///   - budget: an answer takes its items, and what they are compressed into.
    ///   - codec: of the answers.
    init(
        keeper: MirrorKeeper, pool: BlockingPool, budget: Slots = Slots(2 * maximumBytes), codec: FrameCodec = .fast
    ) {
        self.keeper = keeper
        self.pool = pool
        self.budget = budget
        self.codec = codec
    }

    /// What the answer is made of.
    struct Answer: Sendable {
        let frame: SharedBytes
        /// Nothing had to be fetched.
        let isHeld: Bool
    }

    /// - Parameter willMake: called before anything is fetched for an answer that is made; what it throws is thrown.
    /// - Returns: `nil` when all is asked for, as it is: the file's own bytes are the answer.
    /// - Throws: ``Refusal``, ``FetchFailure``, `ArrayError`.
    func read(_ question: SliceQuestion, _ reading: Reading, willMake: () throws -> Void = {}) async throws -> Answer? {
        if reading.mirror.manifest.content == .plain {
            try willMake()
            return try await plain(question, reading)
        }
        // Nobody reads for a field that is not there.
        var fieldSize: Int?
        if let field = question.field { fieldSize = try await opened(reading).itemSize(ofField: field) }
        let (geometry, isArray) = try await geometry(reading)
        guard let selection = try question.selection(of: geometry, isArray: isArray) else { return nil }
        try Self.check(selection, itemSize: fieldSize ?? geometry.itemSize)
        try willMake()
        var wasHeld = try await hold(selection, isArray: isArray, reading)
        let reader = try await opened(reading)
        var exact = selection
        if reader.geometry != geometry {
            // The file knows better than the catalogue.
            guard let again = try question.selection(of: reader.geometry, isArray: reader.info.array != nil) else {
                return nil
            }
            try Self.check(again, itemSize: fieldSize ?? reader.geometry.itemSize)
            wasHeld = try await hold(again, isArray: reader.info.array != nil, reading) && wasHeld
            exact = again
        }
        return Answer(frame: try await frame(exact, question.field, reader), isHeld: wasHeld)
    }

    private func frame(_ selection: Selection, _ field: String?, _ reader: ArrayReader) async throws -> SharedBytes {
        let bytes = selection.itemCount *| (try reader.itemSize(ofField: field))
        try await AnswerRoom.reserve(bytes)
        return try await budget.with(2 *| bytes) {
            try await pool.run { try reader.read(selection, field: field).frame(codec) }
        }
    }

    /// The items of a slice, and what `change` makes of them where they are decompressed.
    ///
    /// - Returns: also, whether all of them were held.
    /// - Throws: ``Refusal``, ``FetchFailure``, `ArrayError`.
    func values(
        _ slice: SliceExpression, field: String?, _ reading: Reading,
        _ change: @Sendable @escaping (ArrayValues) throws -> ArrayValues = { $0 }
    ) async throws -> (ArrayValues, isHeld: Bool) {
        let reader = try await opened(reading)
        let geometry = reader.geometry
        let selection = Selection(try slice.resolved(for: geometry.shape.map(Int64.init)), of: geometry)
        let itemSize = try reader.itemSize(ofField: field)
        try Self.check(selection, itemSize: itemSize)
        let isHeld = try await hold(selection, isArray: reader.info.array != nil, reading)
        let values = try await budget.with(2 *| selection.itemCount *| itemSize) {
            try await pool.run { try change(reader.read(selection, field: field)) }
        }
        return (values, isHeld)
    }

    /// Some bytes of a plain file, as the items of a frame: what clients can open.
    private func plain(_ question: SliceQuestion, _ reading: Reading) async throws -> Answer {
        let mirror = reading.mirror
        let range = try range(question, of: reading.path, size: mirror.manifest.size)
        let isHeld = mirror.holds(range)
        guard isHeld || reading.mayFetch else {
            throw FetchFailure(.unreachable, Self.offline(reading.path, "the bytes of this slice are not held"))
        }
        // Before memory is taken for it: a source may be slow, and others would have to wait for that memory.
        try await mirror.hold([range], on: pool)
        try await AnswerRoom.reserve(range.count)
        let frame = try await budget.with(2 * range.count) {
            let bytes = try await mirror.read(range, on: pool)
            return try await pool.run {
                try ArrayValues(shape: [bytes.count], dtype: nil, itemSize: 1, bytes: bytes).frame(codec)
            }
        }
        return Answer(frame: frame, isHeld: isHeld)
    }

    /// The bytes of a plain file that are asked for.
    func range(_ question: SliceQuestion, of path: DatasetPath, size: Int64) throws -> Range<Int64> {
        guard case .slice(let expression) = question.part, question.field == nil else {
            throw Refusal(400, "\(path) is a plain file and not an array: take a slice of its bytes")
        }
        let axis = try expression.resolved(for: [size]).axes[0]
        guard axis.step == 1 else {
            throw Refusal(400, "\(path) is a plain file: only slices without a step can be taken of its bytes")
        }
        guard axis.count <= Self.maximumBytes else { throw Self.tooLarge }
        return Int64(axis.start)..<Int64(axis.start + axis.count)
    }

    private static let tooLarge = Refusal(
        400, "the answer would have more than \(maximumBytes) bytes; ask for less at once, or download the file")

    /// - Parameter itemSize: bytes that are read of each item.
    /// - Throws: ``Refusal`` when the answer would be too large.
    static func check(_ selection: Selection, itemSize: Int) throws {
        let (bytes, overflow) = selection.itemCount.multipliedReportingOverflow(by: itemSize)
        guard !overflow, bytes <= maximumBytes else { throw tooLarge }
        // What is announced of an array may be made up: a slice of few items can touch any number of parts.
        guard selection.planning(namedBlocks: SelectionPlan.namedBlocks) <= maximumParts else { throw tooManyParts }
    }

    /// Chunks and blocks that are looked at for one answer.
    private static let maximumParts = 1 << 24

    private static let tooManyParts = Refusal(
        400, "this is spread over more than \(maximumParts) chunks and blocks; ask for a smaller part, or without steps"
    )

    // MARK: Opening

    /// How the array is divided: known from the catalogue before anything of the file is held.
    private func geometry(_ reading: Reading) async throws -> (ArrayGeometry, isArray: Bool) {
        if let reader = reading.mirror.arrayReader { return (reader.geometry, reader.info.array != nil) }
        if let dataset = try await keeper.copy.dataset(reading.path, on: pool), dataset.version == reading.version,
            let geometry = dataset.geometry
        {
            return (geometry, true)
        }
        let reader = try await opened(reading)
        return (reader.geometry, reader.info.array != nil)
    }

    /// Opens the mirror's file as a frame, after what that takes has been fetched.
    func opened(_ reading: Reading) async throws -> ArrayReader {
        if let reader = reading.mirror.arrayReader { return reader }
        let mirror = reading.mirror
        guard mirror.manifest.content == .frame else {
            throw Refusal(400, "\(reading.path) is a plain file: there is nothing to slice, but it can be downloaded")
        }
        if !reading.mayFetch, try await mirror.readLayout(on: pool) == nil {
            throw FetchFailure(.unreachable, Self.offline(reading.path, "its header is not held"))
        }
        guard let layout = try await mirror.layout(on: pool) else {
            throw Refusal(400, "\(reading.path) is no Blosc2 frame")
        }
        let reader = try await pool.run {
            let source = FileSource(mirror.file, size: mirror.manifest.size)
            return try ArrayReader(
                source, layout: layout, info: FrameInfo(source, layout), maximumBytes: Self.maximumBytes)
        }
        mirror.keep(reader)
        return reader
    }

    // MARK: Holding

    /// Sees to it that all that reading the selection takes is held.
    ///
    /// - Returns: whether it was.
    private func hold(_ selection: Selection, isArray: Bool, _ reading: Reading) async throws -> Bool {
        let mirror = reading.mirror
        let plan = SelectionPlan(selection: selection, isArray: isArray, mirror: mirror)
        var wasHeld = true
        // Of a version that has much in common with one that is held, only the frame may be missing.
        if reading.mayFetch, mirror.arrayReader == nil, mirror.heldBytes > 0 { _ = try await mirror.layout(on: pool) }
        // One round for an array; the heads of chunks come first where only they say what is needed.
        for _ in 0..<4 {
            var isHeld = true
            let layout = try await mirror.readLayout(on: pool)
            do {
                try await plan.parts(layout) { missing in
                    (isHeld, wasHeld) = (false, false)
                    guard reading.mayFetch else { throw FetchFailure(.unreachable, "it is not held") }
                    try await mirror.fetch(missing.keys, on: pool)
                }
            } catch let failure as FetchFailure {
                throw try await explained(failure, plan, reading)
            }
            if isHeld { return wasHeld }
        }
        throw FetchFailure(.storage, "what was fetched of \(reading.path) is not what its parts say they need")
    }

    private func explained(
        _ failure: FetchFailure, _ plan: SelectionPlan, _ reading: Reading
    ) async throws -> FetchFailure {
        let mirror = reading.mirror
        let (layout, missing) = try await pool.run {
            let layout = try mirror.layout()
            return (layout, plan.total(layout))
        }
        guard layout == nil || missing.chunkCount > 0 else { return failure }
        let what = missing.chunkCount == 0 ? "its header is not held" : "\(missing) that this takes are not held"
        guard reading.mayFetch else { return FetchFailure(.unreachable, Self.offline(reading.path, what)) }
        return FetchFailure(failure.reason, "\(reading.path): \(what), and cannot be had: \(failure.message)")
    }

    private static func offline(_ path: DatasetPath, _ what: String) -> String {
        "\(path): \(what), and the publisher of \(path.group) is offline"
    }
}

extension Dataset {
    /// Of an array, as the catalogue has it.
    var geometry: ArrayGeometry? {
        guard let array, let frame else { return nil }
        return try? ArrayGeometry(
            shape: array.shape, chunks: array.chunks.map { Int($0) }, blocks: array.blocks.map { Int($0) },
            itemSize: Int(frame.typeSize))
    }
}
