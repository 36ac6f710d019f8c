import Arrays
import Catalogue
import Platform
import TestSupport
import Versions

/// Bytes for files.
enum Content {
    /// Bytes that look random and are the same for the same seed.
    static func random(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        var bytes = [UInt8](repeating: 0, count: count)
        for index in bytes.indices {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            bytes[index] = UInt8(truncatingIfNeeded: state)
        }
        return bytes
    }

    static func version(_ bytes: [UInt8]) throws -> Version { try manifest(bytes).version }
    static func manifest(_ bytes: [UInt8]) throws -> Manifest {
        try VersionMaker.version(of: MemorySource(bytes)).manifest
    }

    /// A real Blosc2 file of the samples.
    static func sample(_ name: String) throws -> [UInt8] {
        try FileSystem.readAll(BuiltPrograms.packageFolder + "/samples/" + name, limit: 64 << 20)
    }
}
