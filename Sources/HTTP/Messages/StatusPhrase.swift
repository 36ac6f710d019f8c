internal import CMicroHTTPD

/// What the number of a status is called.
enum StatusPhrase {
    static func of(_ status: Int) -> String { String(cString: MHD_get_reason_phrase_for(UInt32(status))) }
}
