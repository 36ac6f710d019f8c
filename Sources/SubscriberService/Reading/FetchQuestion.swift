import Arrays
import Catalogue
import HTTP
import Platform
import Wire

/// What `/api/fetch/{path}` is asked for, by its query or by the JSON of its body.
struct FetchQuestion: Sendable, Equatable {
    /// Of a body; the text of indices alone may have 8 MiB.
    static let bodyLimit = 9_437_184

    var slice: String?
    var indices: String?
    var field: String?
    var filter: String?

    /// - Parameter pool: where a long body is read.
    init(_ request: HTTPRequest, on pool: BlockingPool) async throws {
        guard request.method != "POST" else {
            let body = try await request.body.collect(upTo: Self.bodyLimit)
            self = try await NamesBody.isLong(body) ? pool.run { try Self(body: body) } : Self(body: body)
            return
        }
        self.init(
            slice: request.parameter("slice_"), indices: request.parameter("indices"),
            field: request.parameter("field"), filter: request.parameter("filter"))
    }

    init(slice: String? = nil, indices: String? = nil, field: String? = nil, filter: String? = nil) {
        self.slice = slice
        self.indices = indices
        self.field = field
        self.filter = filter
    }

    /// - Throws: ``Refusal`` 422, which repeats nothing of the body.
    init(body: [UInt8]) throws(Refusal) {
        let value: JSONValue
        do {
            value = try WireJSON.decode(JSONValue.self, from: body, .question)
        } catch let excess as JSONExcess {
            throw .invalid("json_invalid", at: ["body"], "the body is no question: \(excess)")
        } catch {
            throw .invalid("json_invalid", at: ["body"], "the body is not JSON")
        }
        guard case .object(let object) = value else {
            throw .invalid("model_type", at: ["body"], "the body is not a JSON object")
        }
        self.init()
        for (name, value) in object {
            let text: String?
            switch value {
            case .null: text = nil
            case .string(let string): text = string
            default: throw .invalid("string_type", at: ["body", name], "this is neither a string nor null")
            }
            switch name {
            case "slice_": slice = text
            case "indices": indices = text
            case "field": field = text
            case "filter": filter = text
            default:
                throw .invalid(
                    "extra_forbidden", at: ["body", name], "there are only slice_, indices, field and filter")
            }
        }
    }

    /// What part of an array that is; `nil` for all of it, as it is.
    func part() throws -> SliceQuestion? {
        let slice = slice.flatMap { $0.isEmpty ? nil : $0 }, field = field.flatMap { $0.isEmpty ? nil : $0 }
        let filter = filter.flatMap { $0.isEmpty ? nil : $0 }
        if indices != nil, slice != nil || field != nil || filter != nil {
            throw Refusal(400, "indices cannot be combined with slice_, field or filter")
        }
        if filter != nil {
            if field != nil { throw Refusal(400, "field and filter cannot be combined") }
            throw Refusal(501, "filter is not supported here: this subscriber reads, and does not compute")
        }
        if let indices { return SliceQuestion(part: .indices(try IndexExpression(parsing: indices)), field: nil) }
        guard slice != nil || field != nil else { return nil }
        return SliceQuestion(part: .slice(try slice.map { try SliceExpression(parsing: $0) } ?? .all), field: field)
    }
}
