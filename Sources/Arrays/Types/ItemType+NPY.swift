extension ItemType {
    /// What the head of a file of NumPy says of the type. Structures are lists there, in the order of the bytes, and a gap is an
    /// entry without a name; one whose fields overlap has no list, and is told by its table, which NumPy does not load.
    var npyDescription: String {
        switch self {
        case .scalar(let type): "'\(type.code)'"
        case .array(let element, let shape): "(\(element.npyDescription), \(Self.tuple(shape)))"
        case .structure(let fields, let size): Self.list(fields, size) ?? description
        }
    }

    private static func list(_ fields: [Field], _ size: Int) -> String? {
        var entries: [String] = [], end = 0
        for field in fields.sorted(by: { $0.offset < $1.offset }) {
            guard field.offset >= end else { return nil }
            if field.offset > end { entries.append(gap(field.offset - end)) }
            entries.append(entry(field))
            end = field.offset + field.type.size
        }
        if size > end { entries.append(gap(size - end)) }
        return "[\(entries.joined(separator: ", "))]"
    }

    private static func gap(_ count: Int) -> String { "('', '|V\(count)')" }

    private static func entry(_ field: Field) -> String {
        if case .array(let element, let shape) = field.type {
            return "(\(quoted(field.name)), \(element.npyDescription), \(tuple(shape)))"
        }
        return "(\(quoted(field.name)), \(field.type.npyDescription))"
    }
}
