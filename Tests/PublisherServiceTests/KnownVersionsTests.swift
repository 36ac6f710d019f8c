import Catalogue
import Digests
import Platform
import Testing

@testable import PublisherService

/// What is decoded of versions for their blocks is decoded once, and does not grow without bound.
@Suite struct KnownVersionsTests {
    private func manifest(_ seed: UInt8, chunks: Int) throws -> Manifest {
        let digest = try #require(Digest(bytes: Array(repeating: seed, count: Digest.byteCount)))
        return Manifest(content: .plain, entries: Array(repeating: (length: 1, digest: digest), count: chunks))
    }

    @Test func aVersionIsDecodedOnce() throws {
        let versions = KnownVersions(), manifest = try manifest(1, chunks: 3)
        var count = 0
        for _ in 0..<3 {
            let known = versions.known(manifest.version) {
                count += 1
                return manifest
            }
            #expect(known.manifest == manifest)
        }
        #expect(count == 1)
    }

    @Test func whatWasNotUsedForLongestMakesRoom() throws {
        let versions = KnownVersions(costLimit: 1000)
        let manifests = try (1...3).map { try manifest($0, chunks: 300) }
        var made: [Int] = []
        for index in [0, 1, 0, 2, 0, 1] {
            _ = versions.known(manifests[index].version) {
                made.append(index)
                return manifests[index]
            }
        }
        #expect(made == [0, 1, 2, 1], "of three there is room for two")
        // However large, the last one stays.
        let large = try manifest(9, chunks: 5000)
        _ = versions.known(large.version) { large }
        _ = versions.known(large.version) {
            Issue.record("it was known")
            return large
        }
    }
}
