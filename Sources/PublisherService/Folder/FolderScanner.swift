internal import Platform

/// Walks the published folder, or parts of it.
struct FolderScanner {
    /// What a walk has found.
    struct Result {
        var files: [RelativePath: FileIdentity] = [:]
        var links = LinkTable()
        var problems: [RelativePath: FolderError] = [:]
        /// Entries whose names are not UTF-8, by folder.
        var unreadableNames: [RelativePath: Int] = [:]
    }

    let folder: PublishedFolder

    /// Walks `starts` and all below them.
    ///
    /// - Parameters:
    ///   - links: those that are known: in a folder that was reached by one, no other to a folder is followed, so that
    ///     no set of links leads to a walk without end.
    ///   - enter: called for each folder before it is read.
    func scan(
        _ starts: some Sequence<RelativePath>, links: LinkTable, entering enter: (RelativePath) -> Void
    ) -> Result {
        var result = Result()
        for start in starts {
            var waiting = [(path: start, isLinked: links.isBelowFolderLink(start))]
            while let (path, isLinked) = waiting.popLast() {
                let subfolder = visit(path, isLinked: isLinked, &result)
                guard let subfolder else { continue }
                enter(path)
                waiting += names(in: path, &result).map { (path.appending($0), subfolder.isLinked) }
            }
        }
        return result
    }

    /// Notes what is at `path`; the answer is whether to walk it as a folder.
    private func visit(_ path: RelativePath, isLinked: Bool, _ result: inout Result) -> (isLinked: Bool, Void)? {
        switch folder.entry(path) {
        case .absent: break
        case .file(let identity): result.files[path] = identity
        case .folder: return (isLinked, ())
        case .link(let identity, let target):
            result.files[path] = identity
            result.links.addFile(path, target: target)
        case .folderLink(let target):
            if path.isInside(target) || isLinked {
                result.problems[path] = .outside("a folder that is published already")
            } else {
                result.links.addFolder(path, target: target)
                return (true, ())
            }
        case .danglingLink: result.links.addDangling(path)
        case .unpublishable(let error): result.problems[path] = error
        }
        return nil
    }

    /// Under which names some of the files may be published.
    private static func unpacked(_ names: [String]) -> [String] {
        let known = Set(names.map { RelativePath($0) })
        return names.compactMap { RelativePath($0).unpacked }.filter { !known.contains($0) }.map(\.text)
    }

    private func names(in path: RelativePath, _ result: inout Result) -> [String] {
        do throws(SystemError) {
            let listing = try FolderListing(folder.absolute(path))
            // Since it was looked at, the name may have become a link that leads away.
            guard folder.relative(listing.realPath) != nil else { return [] }
            if listing.unreadableNames > 0 { result.unreadableNames[path] = listing.unreadableNames }
            let names = listing.names.filter { !SkippedNames.contains($0) }
            return folder.unpacks ? names + Self.unpacked(names) : names
        } catch {
            let error = FolderError(error)
            if error != .absent { result.problems[path] = error }
            return []
        }
    }
}
