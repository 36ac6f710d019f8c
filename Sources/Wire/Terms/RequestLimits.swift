/// How much one request may ask for.
package enum RequestLimits {
    /// Prefixes of a listing or a feed: each is compared with every change.
    package static let prefixes = 100
    /// Bytes of one; no path has more.
    package static let prefixLength = 4096
    /// Names of datasets, groups and globs in one body.
    package static let names = 10_000
    /// Patterns of a query, and globs among the names of a body: each is compared with every dataset.
    package static let globs = 100
}
