internal import Blosc2
internal import Catalogue
internal import HTTP
internal import Platform
internal import Versions

/// Writes a dataset's bytes into a file: whole and verified, or not at all.
struct FileDownload: Sendable {
    let subscriber: Subscriber
    let display: ProgressDisplay
    let pool: BlockingPool

    /// Answers in a row that bring nothing, until it is given up.
    private static let attemptLimit = 6

    /// - Returns: how many bytes there are in the file.
    func write(_ path: DatasetPath, size: Int64, to target: String) async throws -> Int64 {
        let folder = FileSystem.folder(of: target)
        let file = try await pool.run {
            try FileSystem.createDirectories(folder)
            return try ArrivingFile(in: folder)
        }
        do {
            try await receive(path, size, file)
            if try await !isVerified(file) {
                // Once more from the start: what was damaged on the way is whole the second time.
                try file.restart()
                try await receive(path, size, file)
                guard try await isVerified(file) else { throw wrongBytes(path, file) }
            }
            try await pool.run { try file.move(to: target) }
            return file.received
        } catch {
            await pool.run {
                // The error that is thrown says more than one about a file that is left.
                try? FileSystem.unlink(file.path)
            }
            throw error
        }
    }

    /// Gets all bytes, however often the connection breaks, as long as each one brings some.
    private func receive(_ path: DatasetPath, _ size: Int64, _ file: ArrivingFile) async throws {
        var backoff = Backoff()
        var attempts = 0
        while true {
            let before = file.received
            do {
                try await receiveOnce(path, size, file)
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

    private func receiveOnce(_ path: DatasetPath, _ size: Int64, _ file: ArrivingFile) async throws {
        let request = HTTPClient.Request(
            url: "\(subscriber.url)/api/download/\(PercentEncoding.path(path.text))", headers: file.requestHeaders(),
            idleTimeout: .seconds(60))
        _ = try await subscriber.http.receive(request, onHead: { try file.begin($0) }) { bytes in
            try file.append(bytes)
            try display.update(path.text, held: file.received, size: file.expected ?? max(size, file.received))
        }
        if let refusal = file.refusal { throw subscriber.refusal(refusal.status, refusal.body) }
    }

    /// Whether the bytes make the version that the subscriber promised.
    private func isVerified(_ file: ArrivingFile) async throws -> Bool {
        guard let expected = file.version else {
            throw ClientError(
                .badAnswer,
                "\(subscriber.url) does not say which version it sends, so it cannot be verified; is it a subscriber?")
        }
        return try await pool.run {
            try file.withFile { try VersionMaker.version(of: FileSource($0)).manifest.version == expected }
        }
    }

    private func wrongBytes(_ path: DatasetPath, _ file: ArrivingFile) -> ClientError {
        ClientError(
            .wrongBytes,
            "\(path): the \(file.received) bytes that arrived, twice, are not those of the version that was promised; "
                + "nothing was written")
    }
}
