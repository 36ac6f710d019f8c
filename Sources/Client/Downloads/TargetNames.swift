internal import Catalogue

/// Under which names downloads land in a folder.
enum TargetNames {
    /// The datasets' file names; where two are equal, all get their paths below their groups; where these are equal or one
    /// would have to be file and folder, their whole paths.
    ///
    /// None of them leaves the folder: a ``DatasetPath`` has no component that is empty or climbs.
    static func choose(for paths: [DatasetPath]) -> [DatasetPath: String] {
        for name in [\DatasetPath.name, \.relative, \.text] {
            let names = Dictionary(uniqueKeysWithValues: Set(paths).map { ($0, $0[keyPath: name]) })
            if name == \.text || areDistinct(Array(names.values)) { return names }
        }
        return [:]
    }

    private static func areDistinct(_ names: [String]) -> Bool {
        // By bytes: two spellings of "é" are two files.
        let files = Set(names.map { Array($0.utf8) })
        guard files.count == names.count else { return false }
        for file in files {
            for (index, byte) in file.enumerated() where byte == UInt8(ascii: "/") {
                if files.contains(Array(file[..<index])) { return false }
            }
        }
        return true
    }
}
