/// Reads the head of a feed's request.
enum FeedRequestHead {
    static let limit = 16 << 10

    enum Outcome {
        case incomplete
        /// With whether the client can read chunks.
        case request(FeedRequest, isChunked: Bool)
        case refusal(FeedRefusal)
    }

    /// - Parameters:
    ///   - bytes: All that the client has sent so far.
    ///   - known: How many of them were incomplete.
    static func parse(_ bytes: [UInt8], known: Int = 0) -> Outcome {
        let end = endOfHead(bytes, from: max(0, known - 3))
        guard end ?? bytes.count < limit else {
            return .refusal(FeedRefusal(431, "the head of a request must be shorter than \(limit) bytes"))
        }
        guard let end else { return .incomplete }
        do throws(FeedRefusal) {
            let (request, isChunked) = try request(bytes[..<end])
            return .request(request, isChunked: isChunked)
        } catch {
            return .refusal(error)
        }
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= start + 4 else { return nil }
        return (start...bytes.count - 4).first { bytes[$0] == 13 && bytes[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }
    }

    private static func request(
        _ head: ArraySlice<UInt8>
    ) throws(FeedRefusal) -> (request: FeedRequest, isChunked: Bool) {
        guard let text = String(validating: head, as: UTF8.self) else { throw malformed("it is not UTF-8") }
        // A scalar view: "\r\n" is one character, and a lone "\r" or "\n" has to be seen.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)[...]
        for index in lines.indices.dropLast() {
            guard lines[index].last == "\r" else { throw malformed("its lines must end with CR LF") }
            lines[index].removeLast()
        }
        guard !lines.contains(where: { $0.contains { ($0.value < 32 && $0 != "\t") || $0.value == 127 } }) else {
            throw malformed("it contains control characters")
        }
        let (target, isOld) = try target(ofRequestLine: lines.removeFirst())
        let headers = try fields(lines)
        guard isOld || headers["Host"] != nil else { throw malformed("the field Host is missing") }
        guard headers.count(of: "Host") <= 1 else { throw malformed("it names two hosts") }
        guard headers.lengths.count <= 1 else { throw malformed("it says two different lengths of itself") }
        return (FeedRequest(path: target.path, query: target.query, headers: headers), !isOld)
    }

    private static func target(
        ofRequestLine line: Substring.UnicodeScalarView
    ) throws(FeedRefusal) -> (target: RequestTarget, isOld: Bool) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3 else { throw malformed("its first line is not METHOD TARGET VERSION") }
        guard parts[0] == "GET" else { throw FeedRefusal(405, "a feed can only be read, with GET") }
        guard parts[2].hasPrefix("HTTP/") else { throw malformed("its first line does not end with a version") }
        guard parts[2].utf8.count == 8, parts[2].hasPrefix("HTTP/1."), parts[2].last?.isNumber == true else {
            throw FeedRefusal(505, "a feed is sent by HTTP/1.0 and HTTP/1.1, and not by \(parts[2])")
        }
        do throws(RequestTarget.Malformed) {
            // Proxies as they come speak HTTP/1.0 to the server behind them, which has no chunks.
            return (try RequestTarget(parts[1].utf8), parts[2] == "HTTP/1.0")
        } catch {
            throw FeedRefusal(400, "this is not a URL that can be served: \(error.reason)")
        }
    }

    private static func fields(_ lines: ArraySlice<Substring.UnicodeScalarView>) throws(FeedRefusal) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
                throw malformed("a line is not NAME: VALUE")
            }
            let name = line[..<colon]
            guard name.allSatisfy({ $0.value > 32 && $0.value < 127 }) else {
                throw malformed("the name of a field has a space in it")
            }
            let value = Substring(line[line.index(after: colon)...]).trimmingSpaces()
            headers.append(String(name), String(value))
        }
        return headers
    }

    private static func malformed(_ reason: String) -> FeedRefusal {
        FeedRefusal(400, "this is not a request: \(reason)")
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
