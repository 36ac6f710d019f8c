internal import Platform

/// A page with links to what is in a folder, as web servers have it: `fsspec` and `wget -r` find their way by such pages.
public enum IndexPage {
    /// Names in a piece of the answer: a folder may have a hundred thousand.
    public static let pieceLimit = 1000

    /// - Parameters:
    ///   - folder: Its path, with a slash at the end.
    ///   - piece: The next names, sorted, those of folders with a slash at the end; none when there are no more.
    public static func response(
        of folder: String, pieces piece: @escaping @Sendable (_ index: Int) async throws -> [String]
    ) -> HTTPResponse {
        let headers: HTTPHeaders = [
            "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
        ]
        let title = escaped(folder.isEmpty ? "/" : folder)
        return HTTPResponse(
            headers: headers,
            body: .stream(length: nil) { writer in
                try await writer.write(
                    SharedBytes(
                        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>\(title)</title></head>\n"
                            + "<body><h1>\(title)</h1><ul>\n"))
                var index = 0
                while true {
                    let names = try await piece(index)
                    if names.isEmpty { break }
                    try await writer.write(SharedBytes(names.map(line).joined()))
                    index += 1
                }
                try await writer.write(SharedBytes("</ul></body></html>\n"))
            })
    }

    /// Where a folder is asked for without the slash at its end: links within it need that.
    public static func redirect(to folder: String) -> HTTPResponse {
        // Relative, so that it is right below a path of a proxy as well.
        let name =
            folder.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        var response = HTTPResponse.refusal(301, "'\(folder)' is a folder: it is at \(folder)/")
        response.headers["Location"] = "\(reference(name))/"
        return response
    }

    private static func line(_ name: String) -> String {
        let isFolder = name.hasSuffix("/")
        let link = reference(isFolder ? String(name.dropLast()) : name) + (isFolder ? "/" : "")
        return "<li><a href=\"\(link)\">\(escaped(name))</a></li>\n"
    }

    /// A name as a relative reference: a colon would make it a scheme, and fsspec takes what begins with `http` for a whole
    /// URL.
    private static func reference(_ name: String) -> String {
        let encoded = PercentEncoding.query(name)
        return encoded.hasPrefix("http") ? "%68" + encoded.dropFirst() : encoded
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
