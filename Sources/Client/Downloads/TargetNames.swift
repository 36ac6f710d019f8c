internal import Catalogue

/// Under which names downloads land in a folder.
enum TargetNames {
    /// Each dataset's place below the folder: a dataset that was named, its file name; one of a group or folder that was named,
    /// its path below that; one that a glob found, its path below the last folder before the glob's first sign.
    ///
    /// So the place follows from the name that was given and the dataset's path, whatever else there is. None of them leaves the
    /// folder: a ``DatasetPath`` has no component that is empty or climbs.
    ///
    /// - Throws: when two datasets would have one place, or one would have to be file and folder.
    static func choose(
        for paths: some Sequence<DatasetPath>, named names: [String]
    ) throws(ClientError) -> [DatasetPath: String] {
        let prefixes = names.map(Prefix.init)
        var places: [DatasetPath: String] = [:]
        for path in paths { places[path] = prefixes.lazy.compactMap { $0.place(of: path) }.first ?? path.text }
        try check(places)
        return places
    }

    private struct Prefix {
        private let name: String
        private let pattern: PathPattern?

        init(_ name: String) {
            self.name =
                name.utf8.last == UInt8(ascii: "/") ? String(decoding: name.utf8.dropLast(), as: UTF8.self) : name
            // A name that is no pattern was refused by the subscriber.
            pattern = try? PathPattern(name)
        }

        func place(of path: DatasetPath) -> String? {
            if path.text.hasBytes(of: name) { return path.name }
            if let rest = Self.rest(of: path, behind: name + "/") { return rest }
            guard let pattern, pattern.isGlob, pattern.matches(path.text) else { return nil }
            return Self.rest(of: path, behind: pattern.literalPrefix)
        }

        private static func rest(of path: DatasetPath, behind prefix: String) -> String? {
            guard path.text.utf8.starts(with: prefix.utf8) else { return nil }
            return String(decoding: path.text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        }
    }

    private static func check(_ places: [DatasetPath: String]) throws(ClientError) {
        var owners: [ExactText: DatasetPath] = [:]
        for (path, place) in places.sorted(by: { $0.key < $1.key }) {
            if let other = owners.updateValue(path, forKey: ExactText(place)) { throw collision(other, path, place) }
        }
        for (path, place) in places.sorted(by: { $0.key < $1.key }) {
            let bytes = Array(place.utf8)
            for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
                let folder = String(decoding: bytes[..<index], as: UTF8.self)
                if let other = owners[ExactText(folder)] { throw collision(other, path, folder) }
            }
        }
    }

    private static func collision(_ a: DatasetPath, _ b: DatasetPath, _ place: String) -> ClientError {
        ClientError(
            .refused,
            "\(a) and \(b) would both be '\(place)' there; nothing was written: download them into two folders")
    }
}
