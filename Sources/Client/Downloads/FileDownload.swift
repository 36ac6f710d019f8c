internal import Arrays
internal import Catalogue
internal import HTTP
internal import Platform
internal import Versions
internal import Wire

/// Gets a dataset's bytes into a file: whole and verified, or not under its name.
struct FileDownload: Sendable {
    let subscriber: Subscriber
    let display: ProgressDisplay
    let pool: BlockingPool

    /// Answers in a row that bring nothing, until it is given up.
    private static let attemptLimit = 6

    /// - Returns: the file, which has all bytes and not yet its name; `nil` when the target is as it should be.
    func get(_ dataset: Dataset, to target: String) async throws -> ArrivingFile? {
        let file = try await pool.run { () -> ArrivingFile? in
            if try KeptFile.isCurrent(target, dataset) { return nil }
            try FileSystem.createDirectories(FileSystem.folder(of: target))
            return try ArrivingFile(for: target, version: dataset.version)
        }
        guard let file else { return nil }
        if file.received > dataset.size { try file.restart() }
        if file.received < dataset.size || dataset.size == 0 { try await receive(dataset, file) }
        if try await !isVerified(file) {
            // Once more from the start: what was damaged on the way is whole the second time.
            try file.restart()
            try await receive(dataset, file)
            guard try await isVerified(file) else {
                await pool.run { file.discard() }
                throw wrongBytes(dataset.path, file)
            }
        }
        return file
    }

    /// Gets all bytes, however often the connection breaks, as long as each one brings some.
    private func receive(_ dataset: Dataset, _ file: ArrivingFile) async throws {
        var backoff = Backoff()
        var attempts = 0
        while true {
            let before = file.received
            do {
                try await receiveOnce(dataset, file)
                return
            } catch let error as HTTPError where [.peerClosed, .timeout, .cannotConnect].contains(error.code) {
                // The end was cut off after the last byte.
                if file.expected == file.received { return }
                if file.received > before {
                    attempts = 0
                    backoff.reset()
                }
                attempts += 1
                if attempts >= Self.attemptLimit { throw subscriber.failure(error) }
                try await Task.sleep(for: backoff.pause())
            } catch let error as HTTPError {
                throw subscriber.failure(error)
            }
        }
    }

    private func receiveOnce(_ dataset: Dataset, _ file: ArrivingFile) async throws {
        let path = dataset.path.text
        let request = HTTPClient.Request(
            url: subscriber.url + RoutePath.bytes.of(path), headers: file.requestHeaders(),
            idleTimeout: .seconds(60))
        _ = try await subscriber.http.receive(request, onHead: { try file.begin($0) }) { bytes in
            try file.append(bytes)
            try display.update(path, held: file.received, size: file.expected ?? max(dataset.size, file.received))
        }
        if let refusal = file.refusal {
            // Nothing to go on from.
            if file.received == 0 { await pool.run { file.discard() } }
            throw subscriber.refusal(refusal.status, refusal.body)
        }
    }

    /// Whether the bytes make the version that the subscriber promised.
    private func isVerified(_ file: ArrivingFile) async throws -> Bool {
        try await pool.run {
            try file.withFile { try VersionMaker.version(of: FileSource($0)).manifest.version == file.version }
        }
    }

    private func wrongBytes(_ path: DatasetPath, _ file: ArrivingFile) -> ClientError {
        ClientError(
            .wrongBytes,
            "\(path): the \(file.received) bytes that arrived, twice, are not those of the version that was promised; "
                + "nothing was written")
    }
}
