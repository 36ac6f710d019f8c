internal import Catalogue
internal import HTTP
internal import Platform

/// What is said of some files in one request.
struct AnnouncementBatch: Sendable {
    /// One change of ``Announcements``, as JSON.
    struct Entry: Sendable {
        let path: RelativePath
        let json: [UInt8]
    }

    /// Bytes that a request should not exceed.
    static let byteLimit = 8 << 20

    let entries: [Entry]

    /// From what is known of each file; nil for one that is no longer published.
    ///
    /// - Returns: The batch, and the files that did not fit.
    static func make(
        of paths: [RelativePath], datasets: [[UInt8]?], group: GroupName
    ) -> (batch: AnnouncementBatch, rest: [RelativePath]) {
        var entries: [Entry] = []
        var length = 0
        for (index, (path, dataset)) in zip(paths, datasets).enumerated() {
            let json: [UInt8] =
                if let dataset {
                    Array("{\"put\":".utf8) + dataset + [UInt8(ascii: "}")]
                } else {
                    Array("{\"delete\":\(JSONString.quoted("\(group.text)/\(path.text)"))}".utf8)
                }
            length += json.count + 1
            guard length <= byteLimit || entries.isEmpty else {
                return (AnnouncementBatch(entries: entries), Array(paths[index...]))
            }
            entries.append(Entry(path: path, json: json))
        }
        return (AnnouncementBatch(entries: entries), [])
    }

    var body: SharedBytes {
        var bytes = Array("{\"changes\":[".utf8)
        for (index, entry) in entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += entry.json
        }
        bytes += Array("]}".utf8)
        return SharedBytes(bytes)
    }

    /// In two, to find the change that the broker refuses; nil for a single one.
    var halves: [AnnouncementBatch]? {
        guard entries.count > 1 else { return nil }
        let middle = entries.count / 2
        return [
            AnnouncementBatch(entries: Array(entries[..<middle])),
            AnnouncementBatch(entries: Array(entries[middle...])),
        ]
    }
}
