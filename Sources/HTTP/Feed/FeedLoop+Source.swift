internal import Platform

extension FeedLoop {
    /// Asks the source, at its turn, on behalf of a watcher.
    func ask(_ call: FeedCallQueue.Call, for watcher: FeedWatcher) {
        watcher.isCalling = true
        calls.append(watcher.token, call)
        startCalls()
    }

    func askForPage(_ watcher: FeedWatcher) {
        watcher.publishedBeforePage = ring.last
        ask(.page, for: watcher)
    }

    func startCalls() {
        while !isShortOfPages, let (token, call) = calls.next() {
            guard let watcher = table[token] else {
                calls.ended()
                continue
            }
            let source = context.source, mailbox = context.mailbox
            switch call {
            case .open(let request):
                watcher.task = Task {
                    let answer: Result<FeedSubscription, FeedRefusal>
                    do throws(FeedRefusal) {
                        answer = .success(try await source.open(request))
                    } catch {
                        answer = .failure(error)
                    }
                    mailbox.leave { $0.answers.append((token, .opened(answer))) }
                }
            case .page:
                watcher.publishedBeforePage = ring.last
                let position = watcher.position, filter = watcher.filter
                watcher.task = Task {
                    let page = await source.page(after: position, filter: filter)
                    mailbox.leave { $0.answers.append((token, .page(page))) }
                }
            }
        }
    }

    func take(_ answer: FeedMailbox.Answer, for token: UInt64) {
        calls.ended()
        defer { startCalls() }
        // Nobody: it has hung up meanwhile.
        guard let watcher = table[token] else { return }
        watcher.isCalling = false
        watcher.task = nil
        switch (watcher.phase, answer) {
        case (.opening, .opened(.success(let subscription))): watch(watcher, subscription)
        case (.opening, .opened(.failure(let refusal))): refuse(watcher, refusal)
        case (.watching, .page(let page)): take(page, for: watcher)
        default: break
        }
    }

    private func take(_ page: FeedPage, for watcher: FeedWatcher) {
        switch page {
        case .gone(let farewell): return dismiss(watcher, farewell)
        case .entries(let bytes, let count, let position) where position > watcher.position:
            watcher.position = position
            watcher.outbox.append(HTTPChunk(bytes), position: position)
            notePages(of: watcher, watcher.pageBytes + bytes.count)
            context.statistics.note(entries: count)
            watcher.deadline = now + configuration.stallTimeout
        case .entries:
            // The source has nothing: all that the watcher lacks has been published since it was asked.
            if let known = watcher.publishedBeforePage ?? ring.origin {
                watcher.position = max(watcher.position, known)
            } else {
                // Else entries came and went meanwhile: it is asked again.
                watcher.isAtEndOfSource = ring.base == nil
            }
        }
        pump(watcher)
        // It may be waiting for a heartbeat that says that it has all.
        if watcher.nextHeartbeat <= now { nextTick = now }
    }
}
