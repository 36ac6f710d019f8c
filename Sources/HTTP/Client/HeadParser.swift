/// Makes the head of an answer out of the header lines that libcurl hands over, those of interim answers and trailers
/// among them.
struct HeadParser {
    private enum Phase {
        case statusLine
        case fields
        /// The head is final; what comes now are trailers.
        case ended
    }

    /// All header lines of a transfer together.
    static let limit = 256 * 1024

    private let isDecoding: Bool
    private let proxy: EnvironmentProxy?
    private var phase = Phase.statusLine
    private var status = 0
    private var headers = HTTPHeaders()
    private var byteCount = 0

    /// - Parameters:
    ///   - isDecoding: whether libcurl unpacks the body, so that its encoding and length are no longer true.
    ///   - proxy: through which the answer comes.
    init(isDecoding: Bool, proxy: EnvironmentProxy?) {
        self.isDecoding = isDecoding
        self.proxy = proxy
    }

    /// Takes one line; returns the head when it is complete.
    mutating func take(_ line: UnsafeRawBufferPointer) throws(HeadFault) -> HTTPClient.Head? {
        byteCount += line.count
        guard byteCount <= Self.limit else { throw .tooLarge }
        let text = line.prefix { $0 != 13 && $0 != 10 }
        switch phase {
        case .statusLine: try beginHead(text)
        case .fields where text.isEmpty: return try endHead()
        case .fields: addField(text)
        case .ended: break
        }
        return nil
    }

    private mutating func beginHead(_ line: Slice<UnsafeRawBufferPointer>) throws(HeadFault) {
        headers = HTTPHeaders()
        let parts = line.split(separator: 32, maxSplits: 2)
        guard line.starts(with: "HTTP/".utf8), parts.count >= 2,
            let status = Int(String(decoding: parts[1], as: UTF8.self)), (100..<1000).contains(status)
        else { throw .notHTTP }
        self.status = status
        phase = .fields
    }

    private mutating func endHead() throws(HeadFault) -> HTTPClient.Head? {
        phase = .statusLine
        guard status >= 200 else { return nil }
        // Where two lengths are given, one of them is a lie, and nobody knows which part of what follows is the answer.
        guard headers.lengths.count <= 1 else { throw .severalLengths }
        let isFramed = headers["Content-Length"] != nil || headers["Transfer-Encoding"] != nil
        if isDecoding, headers["Content-Encoding"] != nil {
            headers["Content-Encoding"] = nil
            headers["Content-Length"] = nil
        }
        phase = .ended
        return HTTPClient.Head(status: status, headers: headers, isFramed: isFramed, proxy: proxy)
    }

    private mutating func addField(_ line: Slice<UnsafeRawBufferPointer>) {
        // A line without a name continues the one before, which nothing that we read uses.
        guard let colon = line.firstIndex(of: 58), colon > line.startIndex, line.first != 32, line.first != 9 else {
            return
        }
        let isSpace: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
        var value = line[(colon + 1)...].drop(while: isSpace)
        while let last = value.last, isSpace(last) { value.removeLast() }
        headers.append(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
}

/// What can be wrong with a head.
enum HeadFault: Error {
    case tooLarge, notHTTP, severalLengths
}
