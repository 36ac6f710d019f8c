internal import Catalogue
internal import Platform
internal import Wire

/// Has a subscriber hold datasets completely, and perhaps writes them into files.
struct Download: Sendable {
    let subscriber: Subscriber
    let display: ProgressDisplay
    private let note: @Sendable (String) -> Void
    private let output: any TextOutput
    private let pool = BlockingPool(name: "files", threads: 2)

    /// - Parameter note: for what is not the result: one line each.
    init(from subscriber: Subscriber, to output: any TextOutput, note: @Sendable @escaping (String) -> Void) {
        self.subscriber = subscriber
        self.output = output
        self.note = note
        display = ProgressDisplay(output)
    }

    /// - Parameter folder: where files go; `nil` for none.
    func run(_ names: [String], folder: String?) async throws {
        let started = try await subscriber.download(names)
        for (path, state) in started {
            try display.update(path.text, held: folder == nil ? state.held : 0, size: state.size)
        }
        var failures: [String]
        do {
            if let folder {
                failures = try await writeFiles(names, started, folder)
            } else {
                var completion = Completion(subscriber: subscriber, display: display, note: note)
                failures = try await completion.wait(for: started)
            }
        } catch {
            try display.end()
            throw error
        }
        try display.end()
        failures.sort()
        guard !failures.isEmpty else { return }
        throw ClientError(.incomplete, failures.joined(separator: "; "))
    }

    /// - Parameter folder: where the files go.
    private func writeFiles(
        _ names: [String], _ started: [DatasetPath: MirrorProgress], _ folder: String
    ) async throws -> [String] {
        let datasets = try await subscriber.longList(names).map(\.dataset)
        let places = try TargetNames.choose(for: datasets.lazy.map(\.path), named: names)
        let writer = FolderDownload(subscriber: subscriber, display: display, pool: pool)
        var outcome = try await writer.write(datasets, places, in: folder)
        // The subscriber shall hold them as well, in place for other programs.
        let written = started.filter { outcome.written.contains($0.key) }
        if !written.isEmpty {
            var completion = Completion(subscriber: subscriber, display: display, note: note)
            completion.isQuiet = true
            outcome.failures += try await completion.wait(for: written)
        }
        return outcome.failures
    }

    /// Writes the bytes to standard output, in the order of the paths.
    func stream(_ names: [String]) async throws {
        let paths = try await subscriber.download(names).keys.sorted()
        for path in paths { try await StreamDownload(subscriber: subscriber, output: output).write(path) }
    }
}
