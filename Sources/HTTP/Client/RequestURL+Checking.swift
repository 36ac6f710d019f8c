extension RequestURL {
    /// Refuses what could not be sent as it is: a method or a field that would end its line early, and bad URLs.
    init(checking request: HTTPClient.Request) throws(HTTPError) {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw HTTPError(.badRequest, "\(JSONText.quoted(request.method)) is no HTTP method")
        }
        for field in request.headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isNameByte),
                !field.value.utf8.contains(where: Self.isControl)
            else {
                throw HTTPError(
                    .badRequest,
                    "\(request.name): the header field \(JSONText.quoted(field.name)) has a character that is not allowed there"
                )
            }
        }
        try self.init(request.url)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 32 && byte != 9 || byte == 127 }
}
