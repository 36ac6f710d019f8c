internal import Blosc2
internal import Catalogue
internal import Platform
internal import Versions

/// Makes what the catalogue says of a file.
enum DatasetMaker {
    /// More of a reason would be refused by the broker.
    private static let warningLimit = 1000

    static func dataset(
        _ path: DatasetPath, version: Version, size: Int64, identity: FileIdentity, frame: FrameInfo?, flaw: String?
    ) -> Dataset {
        var dataset = Dataset(
            path: path, version: version, size: size,
            modified: identity.modifiedSeconds, mediaType: MediaTypes.type(of: path))
        guard let frame else {
            dataset.warning = warning(path, flaw)
            return dataset
        }
        dataset.kind = frame.array == nil ? .frame : .array
        dataset.mediaType = MediaTypes.frame
        dataset.frame = FrameMetadata(frame)
        let array = frame.array.map { ArrayMetadata($0) }
        dataset.array = array.flatMap { $0.dtype.utf8.count <= ArrayMetadata.typeLimit ? $0 : nil }
        (dataset.attributes, dataset.attributesOmitted) = attributes(frame)
        return dataset
    }

    private static func warning(_ path: DatasetPath, _ flaw: String?) -> String? {
        let reason = flaw ?? (FrameNames.contains(path.name) ? "it does not begin as a Blosc2 frame" : nil)
        return reason.map { reason in
            let text = "published as a plain file: \(reason)"
            return String(decoding: text.utf8.prefix(warningLimit), as: UTF8.self)
        }
    }

    private static func attributes(_ frame: FrameInfo) -> ([String: JSONValue]?, omitted: Bool?) {
        if frame.omittedAttributes > 0 { return (nil, true) }
        guard !frame.userAttributes.isEmpty else { return (nil, nil) }
        var result: [String: JSONValue] = [:]
        var length = 0
        for attribute in frame.userAttributes {
            let json = Array(attribute.value.json.utf8)
            length += json.count + attribute.name.utf8.count
            // As soon as it must be too long, and before that much is read as JSON.
            guard length <= Dataset.attributesLimit,
                let value = try? WireJSON.decode(JSONValue.self, from: json, .attributes)
            else {
                return (nil, true)
            }
            result[attribute.name] = value
        }
        return WireJSON.encode(result).count <= Dataset.attributesLimit ? (result, nil) : (nil, true)
    }
}
