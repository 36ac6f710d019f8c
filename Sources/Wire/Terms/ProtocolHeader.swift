package import HTTP

/// The names of the protocol's own header fields.
package enum ProtocolHeader {
    package static let lease = "Bpubsub-Lease"
    package static let epoch = "Bpubsub-Epoch"
    package static let revision = "Bpubsub-Revision"
    /// Of which version of a dataset an answer is.
    package static let version = "Bpubsub-Version"
    /// How a view was made smaller.
    package static let reduction = "Bpubsub-Reduction"
    /// What the server is, where it is more than a broker: ``subscriber``.
    package static let role = "Bpubsub-Role"
    /// The protocol's version; sent with each request and answer.
    package static let `protocol` = "Bpubsub-Protocol"

    /// The value of ``role`` of a server that has bytes as well.
    package static let subscriber = "subscriber"

    /// What every request and every answer has.
    package static let common: HTTPHeaders = [`protocol`: "1"]
}
