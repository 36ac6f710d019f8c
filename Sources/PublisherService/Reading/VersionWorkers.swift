internal import Platform

/// Reads the files that are to be looked at: as many at once as there are lanes.
struct VersionWorkers: Sendable {
    let reader: FileReader
    private let pool = BlockingPool(name: "digests", threads: WorkList.Lane.allCases.count)

    init(_ reader: FileReader) { self.reader = reader }

    private var files: PublishedFiles { reader.files }

    /// Works until the task is cancelled. What is being read then is given up.
    func run() async {
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                for lane in WorkList.Lane.allCases {
                    group.addTask {
                        for await _ in files.work(lane) {
                            var rounds = 0
                            while await workOnce(lane), !Task.isCancelled { rounds += 1 }
                            if rounds > 16 { await pool.run { Memory.trim() } }
                        }
                    }
                }
            }
        } onCancel: {
            reader.stop.set()
        }
    }

    /// - Returns: Whether there was something to do.
    private func workOnce(_ lane: WorkList.Lane) async -> Bool {
        let jobs = files.next(lane)
        guard !jobs.isEmpty else { return false }
        let (outcomes, isRecorded) = await pool.run { [reader] in
            let outcomes = jobs.map(reader.outcome)
            return (outcomes, reader.files.record(outcomes))
        }
        if !isRecorded { await recordLater(outcomes) }
        return true
    }

    /// A full disk is waited for: what was read is not thrown away, and not announced before it is kept.
    private func recordLater(_ outcomes: [Outcome]) async {
        var backoff = Backoff(from: .milliseconds(500), to: .seconds(10))
        while !Task.isCancelled {
            // Cancelled meanwhile: the loop ends.
            try? await Task.sleep(for: backoff.pause())
            if await pool.run({ [files] in files.record(outcomes) }) { return }
        }
    }
}
