public import Catalogue

/// A part of what happened after a revision.
public enum LogPage: Sendable {
    /// All that there is for the asker up to `reached`.
    case entries([LogEntry], reached: Revision)
    /// The log cannot say any more what happened after that revision; it can from `floor` on.
    case gone(floor: Revision)
}
