internal import Catalogue
internal import Platform

/// Has a subscriber hold datasets completely, and perhaps writes them into files.
struct Download: Sendable {
    let subscriber: Subscriber
    let display: ProgressDisplay
    private let note: @Sendable (String) -> Void
    private let pool = BlockingPool(name: "files", threads: 1)

    init(_ context: CommandContext) {
        subscriber = context.subscriber
        display = ProgressDisplay(context.output)
        note = context.note
    }

    /// - Parameter folder: where files go; `nil` for none.
    func run(_ names: [String], folder: String?) async throws {
        let started = try await subscriber.download(names)
        for (path, state) in started {
            try display.update(path, held: folder == nil ? state.held : 0, size: state.size)
        }
        var failures: [String]
        do {
            if let folder {
                failures = try await writeFiles(started, folder)
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

    // MARK: Files

    private func writeFiles(_ started: [String: TransferState], _ folder: String) async throws -> [String] {
        let paths = try started.keys.map { path in
            do {
                return try DatasetPath(path)
            } catch {
                throw ClientError(.badAnswer, "the subscriber names a dataset that cannot be: \(error)")
            }
        }
        let targets = TargetNames.choose(for: paths)
        let writer = FileDownload(subscriber: subscriber, display: display, pool: pool)
        var failures: [String] = [], written: Set<String> = []
        for path in paths.sorted() {
            // Every path of `paths` got a name.
            let target = "\(folder)/\(targets[path] ?? path.text)"
            do {
                let size = try await writer.write(path, size: started[path.text]?.size ?? 0, to: target)
                try display.update(path.text, held: size, size: size)
                try display.finish(path.text, "\(path): written to \(target), \(HumanText.bytes(size))")
                written.insert(path.text)
            } catch let error as ClientError where error.code != .unreachable {
                failures.append(error.message.contains(path.text) ? error.message : "\(path): \(error)")
            } catch let error as SystemError {
                failures.append("\(path): \(error)")
            }
        }
        // The subscriber shall hold them as well, in place for other programs.
        if !written.isEmpty {
            var completion = Completion(subscriber: subscriber, display: display, note: note)
            completion.isQuiet = true
            failures += try await completion.wait(for: started.filter { written.contains($0.key) })
        }
        return failures
    }
}
