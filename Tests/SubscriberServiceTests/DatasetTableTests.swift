import Catalogue
import Digests
import Testing

@testable import SubscriberService

@Suite struct DatasetTableTests {
    static func entry(_ version: UInt8) -> CatalogueState.Entry {
        let version = Version(Digest(bytes: [UInt8](repeating: version, count: 32)) ?? SHA256().finish())
        let digest = SHA256().finish()
        return .init(revision: 1, version: version, size: 1, modified: 0, digest: digest, length: 10)
    }

    @Test func findsOneOfThoseThatShareAVersion() throws {
        var random = SystemRandomNumberGenerator()
        var table = DatasetTable(), expected: [DatasetPath: UInt8] = [:]
        for _ in 0..<500 {
            let path = try DatasetPath("group/\(Int.random(in: 0..<20, using: &random))")
            if Bool.random(using: &random), expected[path] != nil {
                table.remove(path)
                expected[path] = nil
            } else {
                let version = UInt8.random(in: 0..<5, using: &random)
                table.set(path, Self.entry(version))
                expected[path] = version
            }
            for version in UInt8(0)..<5 {
                let found = table.path(of: Self.entry(version).version)
                let holders = expected.filter { $0.value == version }
                #expect(found == nil ? holders.isEmpty : found.flatMap { holders[$0] } != nil)
            }
        }
        #expect(table.count == expected.count)
        #expect(Array(table.paths) == expected.keys.sorted())
    }
}
