internal import Platform

/// The components of a glob, made ready so that each byte of a path costs about the same, whatever the glob is.
struct Glob: Sendable {
    /// Longer texts, and those of more components, are taken for names alone: nobody writes such globs.
    static let lengthLimit = 1024
    private static let componentLimit = 64

    private enum Component {
        /// `**`
        case anyNumber
        case one(GlobComponent)
    }

    private let components: [Component]

    /// - Parameter components: of the pattern, or of one of its alternatives.
    init?(_ components: [Substring]) {
        let length = components.saturatingSum { $0.utf8.count + 1 }
        guard length <= Self.lengthLimit, components.count <= Self.componentLimit else { return nil }
        self.components = components.map { $0 == "**" ? .anyNumber : .one(GlobComponent($0)) }
    }

    /// Whether it matches a path, or a folder that the path lies in.
    ///
    /// One row of a table a pattern component: `reached[j]` says that the components so far match the first `j` of the
    /// path. So no pattern takes more than the product of the two lengths.
    func matches(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { bytes in
            let parts = bytes.split(separator: UInt8(ascii: "/"))
            var reached = Array(repeating: false, count: parts.count + 1)
            reached[0] = true
            for component in components {
                switch component {
                case .anyNumber: for j in parts.indices where reached[j] { reached[j + 1] = true }
                case .one(let component):
                    var isAny = false
                    for j in parts.indices.reversed() {
                        reached[j + 1] = reached[j] && component.matches(parts[j])
                        isAny = isAny || reached[j + 1]
                    }
                    reached[0] = false
                    guard isAny else { return false }
                }
            }
            return reached.contains(true)
        }
    }
}
