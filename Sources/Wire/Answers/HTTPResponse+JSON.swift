package import Catalogue
package import HTTP
import Platform

extension HTTPResponse {
    /// A value as JSON.
    package static func json(_ value: some Encodable, status: Int = 200) -> HTTPResponse {
        json(encoded: WireJSON.encode(value), status: status)
    }

    /// An object whose names were chosen by others.
    package static func json(_ values: NamedValues<some Encodable>) -> HTTPResponse { json(encoded: values.encoded) }

    private static func json(encoded: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": MediaType.json], body: .bytes(SharedBytes(encoded)))
    }

    /// Compressed when the client takes it and it is worth the while.
    package static func large(
        _ bytes: [UInt8], type: String = MediaType.json, _ request: HTTPRequest, headers: HTTPHeaders = [:]
    ) -> HTTPResponse {
        var headers = headers
        headers["Content-Type"] = type
        guard bytes.count > 4096, request.acceptsGzip else {
            return HTTPResponse(headers: headers, body: .bytes(SharedBytes(bytes)))
        }
        headers["Content-Encoding"] = "gzip"
        return HTTPResponse(headers: headers, body: .bytes(Gzip.compress(bytes)))
    }
}
