import Testing

@testable import Arrays

@Suite struct Base64Tests {
    @Test("Bytes are written as RFC 4648 says, with their padding")
    func vectors() {
        for (bytes, text) in [([], ""), ([102], "Zg=="), ([102, 111], "Zm8="), ([102, 111, 111], "Zm9v")] {
            #expect(Base64.encode(bytes.map { UInt8($0) }) == text)
        }
    }
}
