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
    typealias Batch = [DatasetPath: CatalogueRow?]

    private var waiting: Batch = [:]
    private var beingWritten: Batch = [:]
    /// About how many bytes wait.
    private(set) var size = 0

    /// About what a row costs besides its line.
    private static let rowCost = 300

    /// What the disk will have of the path; `nil` when it has that already.
    subscript(path: DatasetPath) -> CatalogueRow?? { waiting[path] ?? beingWritten[path] }

    mutating func note(_ path: DatasetPath, _ row: CatalogueRow?) {
        size += Self.cost(row) - (waiting.updateValue(row, forKey: path).map(Self.cost) ?? 0)
    }

    /// Takes what waits, to be written now; ``succeeded()`` or ``failed()`` follows.
    mutating func begin() -> Batch {
        beingWritten = waiting
        waiting = [:]
        size = 0
        return beingWritten
    }

    mutating func succeeded() { beingWritten = [:] }

    mutating func failed() {
        for (path, row) in beingWritten where waiting[path] == nil { note(path, row) }
        beingWritten = [:]
    }

    private static func cost(_ row: CatalogueRow?) -> Int { rowCost + (row?.line.count ?? 0) }
}
