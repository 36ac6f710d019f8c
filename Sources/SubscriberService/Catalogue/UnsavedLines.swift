import Catalogue

/// What is written of a dataset of the catalogue.
struct CatalogueRow: Sendable {
    let entry: CatalogueState.Entry
    /// The feed's line, as it came.
    let line: [UInt8]
}

/// The lines that the disk does not have yet: those that wait, and those that are being written.
struct UnsavedLines: Sendable {
    /// `nil` is a removal.
    typealias Rows = [DatasetPath: CatalogueRow?]

    struct Batch: Sendable {
        fileprivate(set) var rows: Rows = [:]
        /// Rows that are kept from now on though the log has not told of them; written behind the others.
        fileprivate(set) var kept: Set<DatasetPath> = []
    }

    private var waiting = Batch()
    private var beingWritten = Batch()
    /// About how many bytes wait.
    private(set) var size = 0

    /// About what a row costs besides its line.
    private static let rowCost = 300

    /// What the disk will have of the path; `nil` when it has that already.
    subscript(path: DatasetPath) -> CatalogueRow?? { waiting.rows[path] ?? beingWritten.rows[path] }

    mutating func note(_ path: DatasetPath, _ row: CatalogueRow?) {
        size += Self.cost(row) - (waiting.rows.updateValue(row, forKey: path).map(Self.cost) ?? 0)
        waiting.kept.remove(path)
    }

    /// The dataset is kept from now on.
    mutating func note(kept path: DatasetPath) { waiting.kept.insert(path) }

    /// Takes what waits, to be written now; ``succeeded()`` or ``failed()`` follows.
    mutating func begin() -> Batch {
        beingWritten = waiting
        waiting = Batch()
        size = 0
        return beingWritten
    }

    mutating func succeeded() { beingWritten = Batch() }

    mutating func failed() {
        let kept = beingWritten.kept.filter { waiting.rows[$0] == nil }
        for (path, row) in beingWritten.rows where waiting.rows[path] == nil {
            let isKept = waiting.kept.contains(path)
            note(path, row)
            if isKept { note(kept: path) }
        }
        waiting.kept.formUnion(kept)
        beingWritten = Batch()
    }

    private static func cost(_ row: CatalogueRow?) -> Int { rowCost + (row?.line.count ?? 0) }
}
