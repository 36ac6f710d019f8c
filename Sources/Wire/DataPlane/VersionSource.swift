package import Catalogue
package import HTTP
package import Versions

/// Where the versions of a ``DataPlane`` are: a publisher's folder, or what a subscriber holds and can fetch.
///
/// Each throws ``Refusal/gone(_:)`` for a version that is not there any more.
package protocol VersionSource: Sendable {
    associatedtype Blocks: BlockSource

    /// Calls `body` where long work is allowed, with a version's manifest, and with that of another version, where it is known.
    func withManifest(
        of version: Version, since old: Version?,
        _ body: @escaping @Sendable (StoredManifest, _ old: StoredManifest?) throws -> HTTPResponse
    ) async throws -> HTTPResponse

    /// What is needed to prove blocks; ``Refusal`` 400 when the version has no such chunks, or is no frame.
    func blocks(_ wanted: BlockRequest, of version: Version) async throws -> Blocks

    /// The bytes, whole or in the ranges that are asked for.
    ///
    /// - Parameter headers: Of the answer.
    func data(of version: Version, _ request: HTTPRequest, headers: HTTPHeaders) async throws -> HTTPResponse
}

/// Some blocks of a version.
package protocol BlockSource: Sendable {
    /// Keeps what is there from going, as long as it lives.
    associatedtype Hold: Sendable

    var manifest: Manifest { get }
    /// Which, by their places in the manifest.
    var parts: [BlockRequest.Part] { get }
    /// Bytes of blocks of one part that are given: as many are in memory at a time.
    var partLimit: Int64 { get }

    /// Returns when the chunks of some parts are there.
    func hold(_ parts: ArraySlice<BlockRequest.Part>) async throws -> Hold

    /// The blocks of a part that is held, with their proof.
    ///
    /// - Parameter limit: of the blocks, in bytes.
    /// - Throws: ``BlockFault``.
    func prove(_ part: BlockRequest.Part, limit: Int64) async throws -> ProvenBlocks
}

/// A manifest as a source has it.
package struct StoredManifest: Sendable {
    private enum Form: Sendable {
        case bytes([UInt8])
        case value(Manifest)
    }

    private let form: Form

    package init(encoded bytes: [UInt8]) { form = .bytes(bytes) }
    package init(_ manifest: Manifest) { form = .value(manifest) }

    package var encoded: [UInt8] {
        switch form {
        case .bytes(let bytes): bytes
        case .value(let manifest): manifest.encoded
        }
    }

    package func decoded() throws(ManifestError) -> Manifest {
        switch form {
        case .bytes(let bytes): try Manifest(encoded: bytes)
        case .value(let manifest): manifest
        }
    }
}
