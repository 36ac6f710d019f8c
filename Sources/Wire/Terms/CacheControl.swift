/// How long an answer may be kept by whoever passes it on.
package enum CacheControl {
    /// What a version's name is in never changes.
    package static let immutable = "public, max-age=31536000, immutable"
    /// It may be another the next time: ask.
    package static let ask = "no-cache"
}
