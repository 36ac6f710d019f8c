/// Names of files that Caterva2 keeps packed: `X.b2` is the file `X`.
extension RelativePath {
    /// The file that would be this one, packed.
    var packed: RelativePath { RelativePath(text + ".b2") }

    /// What this one would be, unpacked; nil where its name does not say so.
    var unpacked: RelativePath? {
        guard name.utf8.count > 3, name.utf8.suffix(3).elementsEqual(".b2".utf8) else { return nil }
        let path = RelativePath(String(decoding: text.utf8.dropLast(3), as: UTF8.self))
        return SkippedNames.contains(path.name) ? nil : path
    }
}
