internal import Platform

/// What is on its way to one watcher: shared bytes, and how much of the first of them is out.
struct FeedOutbox {
    private struct Item {
        let bytes: SharedBytes
        /// What of them is to be sent.
        let range: Range<Int>
        /// Where the watcher is once it has this.
        let position: UInt64?
    }

    enum Progress { case all, some, blocked, failed }

    private static let batch = 64

    private var items: [Item] = []
    private var head = 0
    private var offset = 0
    private var hasSent = false
    /// False for a client that cannot read chunks: the end of the connection then ends the body.
    var isChunked = true
    /// Where the watcher is after what is completely out.
    private(set) var sentPosition: UInt64 = 0

    var isEmpty: Bool { head == items.count }

    mutating func append(_ chunk: HTTPChunk, position: UInt64? = nil) {
        append(chunk.bytes, isChunked ? 0..<chunk.bytes.count : chunk.content, position)
    }

    mutating func append(_ bytes: SharedBytes, position: UInt64? = nil) { append(bytes, 0..<bytes.count, position) }

    private mutating func append(_ bytes: SharedBytes, _ range: Range<Int>, _ position: UInt64?) {
        if !range.isEmpty {
            items.append(Item(bytes: bytes, range: range, position: position))
        }
        // Nothing to send: the position alone moves, unless something older is still on its way.
        else if isEmpty, let position {
            sentPosition = position
        }
    }

    /// Drops all that has not begun, except the very first item, which is the head of the response.
    ///
    /// - Returns: Where the watcher is after what is left.
    mutating func keepOnlyWhatHasBegun() -> UInt64 {
        let keepsFirst = !isEmpty && (offset > 0 || !hasSent)
        items.removeSubrange((head + (keepsFirst ? 1 : 0))...)
        return keepsFirst ? items[head].position ?? sentPosition : sentPosition
    }

    /// Sends once, as much as there is room for.
    mutating func send(to client: ServerConnection, counting statistics: FeedStatistics) -> Progress {
        let count = min(Self.batch, items.count - head)
        guard count > 0 else { return .all }
        let sent = client.send(count) { index in
            let item = items[head + index]
            let start = item.range.lowerBound + (index == 0 ? offset : 0)
            return UnsafeRawBufferPointer(rebasing: item.bytes.pointer[start..<item.range.upperBound])
        }
        switch sent {
        case .bytes(let count):
            statistics.note(sent: count)
            advance(count)
            return isEmpty ? .all : .some
        case .blocked: return .blocked
        case .failed: return .failed
        }
    }

    private mutating func advance(_ written: Int) {
        hasSent = true
        offset += written
        while head < items.count, offset >= items[head].range.count {
            offset -= items[head].range.count
            if let position = items[head].position { sentPosition = position }
            head += 1
        }
        if isEmpty {
            // A watcher that is idle holds no memory for what it had.
            items = []
            head = 0
        }
    }
}
