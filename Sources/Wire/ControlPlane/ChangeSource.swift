package import Catalogue
package import HTTP
package import Platform

/// Where the catalogue of a ``ControlPlane`` is: a broker's log, or a subscriber's copy of one.
package protocol ChangeSource: Sendable {
    var groups: [Group] { get }
    func group(_ name: GroupName) -> Group?

    /// A dataset as JSON.
    ///
    /// - Throws: ``Refusal`` 404 when there is none, with what may have been meant.
    func dataset(_ path: DatasetPath) async throws -> [UInt8]

    /// The catalogue now.
    func listing(_ question: ListingQuestion, isCompressed: Bool) async throws -> Listing

    /// Of the catalogue; `nil` as long as nothing is known of it.
    var epoch: Epoch? { get }

    /// Up to where the feed has told all, and the line that says so, with its end; `nil` as long as nothing is known of the
    /// catalogue. Must not block.
    func bookmark() -> (position: CataloguePosition, line: SharedBytes)?

    /// Whether all that has happened since a revision is known.
    func reachesBack(to revision: Revision) async throws -> Bool

    /// What has happened since, in order; `nil` when that is not known any more.
    ///
    /// - Parameter limit: of the lines, about, in bytes.
    func changes(
        after revision: Revision, limit: Int, filter: (@Sendable (String) -> Bool)?
    ) async throws -> ChangePage?
}

/// The catalogue at one revision, as text that is ready to be sent.
package struct Listing: Sendable {
    package let position: CataloguePosition
    package let body: HTTPResponse.Body
    /// What it takes of a budget, for as long as somebody has it.
    package let claim: ByteBudget.Claim?

    package init(position: CataloguePosition, body: HTTPResponse.Body, claim: ByteBudget.Claim? = nil) {
        self.position = position
        self.body = body
        self.claim = claim
    }
}

/// A part of what has happened.
package struct ChangePage: Sendable {
    /// Without their ends.
    package let lines: [[UInt8]]
    /// Up to where that is all.
    package let reached: Revision

    package init(lines: [[UInt8]], reached: Revision) {
        self.lines = lines
        self.reached = reached
    }
}
