import Catalogue
import HTTP

/// The catalogue at one revision, as text that is ready to be sent to any number of askers.
struct Listing: Sendable {
    let revision: Revision
    let epoch: Epoch
    let body: HTTPResponse.Body
}
