internal import Catalogue
internal import Platform

/// Writes datasets into a folder, several at a time.
struct FolderDownload: Sendable {
    let subscriber: Subscriber
    let display: ProgressDisplay
    let pool: BlockingPool

    /// Files on their way at the same time: a small one costs hardly more than the way there and back.
    private static let concurrency = 8

    struct Outcome: Sendable {
        var written: Set<DatasetPath> = []
        /// What to say about each that failed.
        var failures: [String] = []
    }

    private enum End: Sendable {
        case unchanged(Dataset, String)
        case arrived(Dataset, ArrivingFile)
        case failed(String)
    }

    /// - Parameter places: where each dataset goes, below the folder.
    func write(_ datasets: [Dataset], _ places: [DatasetPath: String], in folder: String) async throws -> Outcome {
        var outcome = Outcome(), arrived = ArrivedFiles()
        do {
            try await withThrowingTaskGroup(of: End.self) { group in
                var rest = datasets[...]
                for _ in 0..<Self.concurrency { start(&rest, places, folder, &group) }
                while let end = try await group.next() {
                    start(&rest, places, folder, &group)
                    try take(end, &arrived, &outcome)
                    if arrived.isFull { try await flush(&arrived, &outcome) }
                }
            }
        } catch {
            // What is whole gets its name, whatever became of the others; the first error says why this ended.
            try? await flush(&arrived, &outcome)
            throw error
        }
        try await flush(&arrived, &outcome)
        return outcome
    }

    private func start(
        _ rest: inout ArraySlice<Dataset>, _ places: [DatasetPath: String], _ folder: String,
        _ group: inout ThrowingTaskGroup<End, any Error>
    ) {
        guard let dataset = rest.popFirst() else { return }
        let target = "\(folder)/\(places[dataset.path] ?? dataset.path.text)"
        group.addTask {
            do {
                guard let (dataset, file) = try await get(dataset, target) else { return .unchanged(dataset, target) }
                return .arrived(dataset, file)
            } catch let error as ClientError where error.code != .unreachable {
                let path = dataset.path
                return .failed(error.message.contains(path.text) ? error.message : "\(path): \(error)")
            } catch let error as SystemError {
                return .failed("\(dataset.path): \(error)")
            }
        }
    }

    /// The dataset as it arrived, which may be newer than it was when it was listed.
    private func get(_ dataset: Dataset, _ target: String) async throws -> (Dataset, ArrivingFile)? {
        let writer = FileDownload(subscriber: subscriber, display: display, pool: pool)
        guard let file = try await writer.get(dataset, to: target) else { return nil }
        guard file.version != dataset.version else { return (dataset, file) }
        var newer = dataset
        if let now = try await subscriber.dataset(dataset.path.text), now.version == file.version { newer = now }
        return (newer, file)
    }

    private func take(_ end: End, _ arrived: inout ArrivedFiles, _ outcome: inout Outcome) throws {
        switch end {
        case .failed(let failure): outcome.failures.append(failure)
        case .arrived(let dataset, let file):
            arrived.add(.init(path: dataset.path, file: file, modified: dataset.modified))
        case .unchanged(let dataset, let target):
            let path = dataset.path.text
            try display.update(path, held: dataset.size, size: dataset.size)
            try display.finish(path, "\(path): \(target) has it, \(HumanText.bytes(dataset.size))")
        }
    }

    private func flush(_ arrived: inout ArrivedFiles, _ outcome: inout Outcome) async throws {
        let taken = arrived
        arrived = ArrivedFiles()
        let named = try await pool.run {
            var named: [(ArrivedFiles.Arrived, SystemError?)] = []
            try taken.name { named.append(($0, $1)) }
            return named
        }
        for (arrived, error) in named {
            let path = arrived.path.text, size = arrived.file.received
            if let error {
                outcome.failures.append("\(path): \(error)")
                continue
            }
            outcome.written.insert(arrived.path)
            try display.update(path, held: size, size: size)
            try display.finish(path, "\(path): written to \(arrived.file.target), \(HumanText.bytes(size))")
        }
    }
}
