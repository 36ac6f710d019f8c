internal import Platform

/// What watchers are sent: from the ring, and, when they are behind that, from the source.
extension FeedLoop {
    func watch(_ watcher: FeedWatcher, _ subscription: FeedSubscription) {
        requests.note(status: 200)
        move(watcher, to: .watching)
        watcher.position = subscription.position
        watcher.filter = subscription.filter
        watcher.nextHeartbeat = subscription.wantsHeartbeat ? now : now + configuration.heartbeatInterval
        if subscription.wantsHeartbeat { nextTick = now }
        watcher.outbox.append(
            FeedResponse.stream(subscription, headers, isChunked: watcher.outbox.isChunked),
            position: subscription.position)
        watcher.deadline = now + configuration.stallTimeout
        pump(watcher)
    }

    func pumpAll() { forEachWatcher { pump($0) } }

    /// Sends what the watcher can take, and sees to it that more comes.
    func pump(_ watcher: FeedWatcher) {
        guard watcher.isWatching, !watcher.isBlocked else { return }
        for _ in 0..<8 {
            guard flush(watcher) else { return }
            if watcher.isCalling { return }
            if watcher.isBehind(ring) { return askForPage(watcher) }
            guard fill(watcher) else { return }
        }
        runnable.append(watcher.token)
    }

    /// True when the outbox is empty, and the watcher still there.
    func flush(_ watcher: FeedWatcher) -> Bool {
        switch watcher.flush(until: now + configuration.stallTimeout, counting: context.statistics) {
        case .all:
            if watcher.pageBytes > 0 { table.notePages(of: watcher, 0) }
            return true
        case .some, .blocked: return false
        case .failed:
            close(watcher)
            return false
        }
    }

    /// Puts the next entries into the empty outbox; false when there are none.
    private func fill(_ watcher: FeedWatcher) -> Bool {
        let (seen, taken) = watcher.take(from: ring)
        if taken > 0 {
            watcher.deadline = now + configuration.stallTimeout
            context.statistics.note(entries: taken)
        }
        return seen > 0
    }

    // MARK: The source

    /// Asks the source, at its turn, on behalf of a watcher.
    func ask(_ call: FeedCallQueue.Call, for watcher: FeedWatcher) {
        watcher.isCalling = true
        calls.append(watcher.token, call)
        startCalls()
    }

    private func askForPage(_ watcher: FeedWatcher) {
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
            table.notePages(of: watcher, watcher.pageBytes + bytes.count)
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
