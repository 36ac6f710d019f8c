/// Names that are not published: hidden ones, and what editors and downloads leave while they work.
enum SkippedNames {
    private static let endings = [".swp", ".swo", ".swx", ".tmp", ".temp", ".part", ".partial", ".crdownload", "~"]

    /// Without these a Zarr store of format 2 cannot be opened.
    private static let zarr: Set<String> = [".zarray", ".zattrs", ".zgroup", ".zmetadata"]

    static func contains(_ name: some StringProtocol) -> Bool {
        if zarr.contains(String(name)) { return false }
        if name.hasPrefix(".") || name.hasPrefix("~$") { return true }
        if name.hasPrefix("#") && name.hasSuffix("#") && name.utf8.count > 1 { return true }
        let lowercased = name.lowercased()
        return endings.contains { lowercased.hasSuffix($0) }
    }

    /// The file by which vim finds out whether it may write to a folder: gone at once, and always empty.
    static func isProbe(_ path: RelativePath, size: Int64) -> Bool { size == 0 && path.name == "4913" }
}
