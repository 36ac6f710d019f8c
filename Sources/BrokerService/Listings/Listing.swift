import Catalogue
import HTTP

/// The catalogue at one revision, as text that is ready to be sent to any number of askers.
struct Listing: Sendable {
    let revision: Revision
    let epoch: Epoch
    let body: HTTPResponse.Body
    /// What it takes on disk, for as long as somebody has it.
    let claim: ByteBudget.Claim?
}
