internal import Platform

/// What the bytes of an item mean.
public indirect enum ItemType: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        public let name: String
        public let type: ItemType
        /// From the start of the item.
        public let offset: Int
    }

    case scalar(ScalarType)
    case structure([Field], size: Int)
    /// An array within the item.
    case array(ItemType, shape: [Int])

    /// - Parameter dtype: NumPy's code, or its literal of a structured type.
    public init?(parsing dtype: String) {
        if let scalar = ScalarType(parsing: dtype) {
            self = .scalar(scalar)
        } else {
            guard let literal = PythonLiteral(parsing: dtype), let type = ItemType(literal), type.size > 0 else {
                return nil
            }
            self = type
        }
    }

    public var size: Int {
        switch self {
        case .scalar(let type): type.size
        case .structure(_, let size): size
        case .array(let element, let shape): element.size *| shape.itemCount
        }
    }

    public var fields: [Field] { if case .structure(let fields, _) = self { fields } else { [] } }

    private init?(_ literal: PythonLiteral) {
        switch literal {
        case .string(let code):
            guard let scalar = ScalarType(parsing: code) else { return nil }
            self = .scalar(scalar)
        case .sequence(let items): self.init(fields: items)
        case .dictionary(let items): self.init(table: items)
        case .int, .word: return nil
        }
    }

    /// `[('a', '<i4'), ('v', '<f4', (3,))]`: one after the other.
    private init?(fields items: [PythonLiteral]) {
        var fields: [Field] = []
        var offset = 0
        for (index, item) in items.enumerated() {
            guard let parts = item.sequence, (2...3).contains(parts.count),
                let name = Self.name(parts[0], index), var type = ItemType(parts[1])
            else { return nil }
            if parts.count == 3 {
                guard let array = type.repeated(parts[2]) else { return nil }
                type = array
            }
            fields.append(Field(name: name, type: type, offset: offset))
            offset += type.size
            guard offset <= Int32.max else { return nil }
        }
        guard !fields.isEmpty else { return nil }
        self = .structure(fields, size: offset)
    }

    /// `{'names': …, 'formats': …, 'offsets': …, 'itemsize': …}`: with gaps.
    private init?(table: [String: PythonLiteral]) {
        guard let names = table["names"]?.sequence, let formats = table["formats"]?.sequence,
            let offsets = table["offsets"]?.sequence, names.count == formats.count, names.count == offsets.count,
            let size = table["itemsize"]?.int, (1...Int(Int32.max)).contains(size)
        else { return nil }
        var fields: [Field] = []
        for index in names.indices {
            guard let name = Self.name(names[index], index), let offset = offsets[index].int, offset >= 0,
                let type = Self.format(formats[index]), offset <= size - type.size
            else { return nil }
            fields.append(Field(name: name, type: type, offset: offset))
        }
        self = .structure(fields, size: size)
    }

    /// In tables a format may itself be a pair of type and shape.
    private static func format(_ literal: PythonLiteral) -> ItemType? {
        if let pair = literal.sequence, pair.count == 2, pair[0].sequence == nil || pair[1].sequence?.first?.int != nil,
            let type = ItemType(pair[0])
        {
            return type.repeated(pair[1])
        }
        return ItemType(literal)
    }

    /// A title may stand before the name.
    private static func name(_ literal: PythonLiteral, _ index: Int) -> String? {
        guard let name = literal.string ?? literal.sequence?.last?.string else { return nil }
        return name.isEmpty ? "f\(index)" : name
    }

    private func repeated(_ shape: PythonLiteral) -> ItemType? {
        let sizes = shape.int.map { [$0] } ?? shape.sequence.map { $0.compactMap(\.int) } ?? []
        guard !sizes.isEmpty, sizes.count <= 16, sizes.allSatisfy({ $0 > 0 }),
            let bytes = ([size] + sizes).checkedProduct, bytes <= Int32.max
        else { return nil }
        return .array(self, shape: sizes)
    }
}

extension ItemType: CustomStringConvertible {
    /// The text from which NumPy makes the type.
    public var description: String {
        switch self {
        case .scalar(let type): return type.code
        case .array(let element, let shape): return "(\(element.literal), \(Self.tuple(shape)))"
        case .structure(let fields, let size):
            var end = 0
            let isPacked = fields.allSatisfy { field in
                defer { end = field.offset + field.type.size }
                return field.offset == end
            }
            if isPacked && end == size { return "[\(fields.map(Self.entry).joined(separator: ", "))]" }
            func list(_ text: (Field) -> String) -> String { "[\(fields.map(text).joined(separator: ", "))]" }
            return "{'names': \(list { Self.quoted($0.name) }), 'formats': \(list { $0.type.literal }), "
                + "'offsets': \(list { String($0.offset) }), 'itemsize': \(size)}"
        }
    }

    private static func entry(_ field: Field) -> String {
        if case .array(let element, let shape) = field.type {
            return "(\(quoted(field.name)), \(element.literal), \(tuple(shape)))"
        }
        return "(\(quoted(field.name)), \(field.type.literal))"
    }

    private var literal: String { if case .scalar(let type) = self { "'\(type.code)'" } else { description } }

    static func tuple(_ sizes: [Int]) -> String {
        "(\(sizes.map(String.init).joined(separator: ", "))\(sizes.count == 1 ? "," : ""))"
    }

    static func quoted(_ name: String) -> String {
        var text = "'"
        for scalar in name.unicodeScalars {
            switch scalar {
            case "'", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}
