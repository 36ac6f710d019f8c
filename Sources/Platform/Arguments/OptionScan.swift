internal import CSystem
internal import Glibc
internal import Synchronization

/// A command line taken apart by getopt_long: which options stand there with which texts, and the operands.
struct OptionScan {
    private(set) var options: [String: [String]] = [:]
    private(set) var operands: [String] = []
    private(set) var request: Arguments.Request?

    /// getopt_long keeps its state in globals.
    private static let turn = Locked(())
    /// Codes of long options; above every character that can be a short one.
    private static let firstCode: Int32 = 256

    private struct Declaration {
        let name: String
        let short: Character?
        let takesArgument: Bool
    }

    init(_ syntax: ArgumentSyntax, _ arguments: [String]) throws(UsageError) {
        if let bad = arguments.first(where: { $0.utf8.contains(0) }) {
            throw UsageError("'\(bad)' has a zero byte in it")
        }
        let declarations =
            syntax.options.map { Declaration(name: $0.name, short: $0.short, takesArgument: !$0.isFlag) } + [
                Declaration(name: "help", short: "h", takesArgument: false),
                Declaration(name: "version", short: nil, takesArgument: false),
            ]
        let (steps, order) = Self.turn.withLock { _ in
            Self.scan(declarations, ["-"] + arguments, stopsAtOperand: syntax.hasCommands)
        }
        for step in steps where step.code != -1 {
            guard step.code != Self.wrong, step.code != Self.incomplete else {
                throw Self.refusal(step, declarations, order)
            }
            let index = Self.index(of: step.code, declarations)
            let name = declarations[index].name
            if index >= syntax.options.count {
                request = name == "help" ? .help : .version
                return
            }
            options[name, default: []].append(step.argument ?? "1")
        }
        operands = Array(order.dropFirst(steps.last?.next ?? 1))
    }

    private struct Step: Sendable {
        let code: Int32
        let offender: Int32
        let next: Int
        let argument: String?
    }

    private static let wrong = Int32(UInt8(ascii: "?"))
    private static let incomplete = Int32(UInt8(ascii: ":"))

    private static func index(of code: Int32, _ declarations: [Declaration]) -> Int {
        if code >= firstCode { return Int(code - firstCode) }
        let index = declarations.firstIndex { $0.short?.asciiValue.map(Int32.init) == code }
        // getopt_long gives back only codes that it was given.
        guard let index else { preconditionFailure("getopt_long made the code \(code) up") }
        return index
    }

    /// The steps, and the arguments in the order that getopt_long left them in.
    private static func scan(
        _ declarations: [Declaration], _ arguments: [String], stopsAtOperand: Bool
    ) -> (steps: [Step], order: [String]) {
        var shorts = stopsAtOperand ? "+:" : ":"
        for declaration in declarations {
            if let short = declaration.short { shorts += "\(short)" + (declaration.takesArgument ? ":" : "") }
        }
        // strdup, and strings freed below: C wants pointers that may be written through.
        var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let originals = texts
        var options = declarations.enumerated().map { index, declaration in
            csystem_option_declaration(
                name: strdup(declaration.name), takes_argument: declaration.takesArgument ? 1 : 0,
                code: firstCode + Int32(index))
        }
        defer {
            for text in originals { free(text) }
            for option in options { free(UnsafeMutableRawPointer(mutating: option.name)) }
        }
        // Every byte of the arguments could be a short option of its own.
        let limit = arguments.reduce(2) { $0 + $1.utf8.count }
        var raw = [csystem_option](repeating: csystem_option(), count: limit)
        let count = csystem_getopt(
            Int32(arguments.count), &texts, shorts, &options, Int32(options.count), &raw, Int32(limit))
        let steps = raw[..<Int(count)].map {
            Step(
                code: $0.code, offender: $0.offender, next: Int($0.next),
                argument: $0.argument.map { String(cString: $0) })
        }
        return (steps, texts.compactMap { $0.map { String(cString: $0) } })
    }

    private static func refusal(_ step: Step, _ declarations: [Declaration], _ order: [String]) -> UsageError {
        let argument = order.indices.contains(step.next - 1) ? order[step.next - 1] : ""
        if step.code == incomplete {
            let name =
                step.offender >= firstCode ? "--" + declarations[index(of: step.offender, declarations)].name : nil
            return UsageError("option '\(name ?? shortName(step.offender))' needs a value")
        }
        if step.offender >= firstCode {
            let name = declarations[index(of: step.offender, declarations)].name
            return UsageError("option '--\(name)' takes no value")
        }
        if step.offender != 0 { return UsageError("unknown option '\(shortName(step.offender))'") }
        let written = argument.prefix { $0 != "=" }
        let candidates = declarations.filter { $0.name.hasPrefix(written.drop { $0 == "-" }) }
        guard candidates.count > 1 else { return UsageError("unknown option '\(written)'") }
        let names = candidates.map { "--\($0.name)" }.joined(separator: ", ")
        return UsageError("option '\(written)' could be \(names)")
    }

    private static func shortName(_ code: Int32) -> String {
        guard let byte = UInt8(exactly: code), byte > 32, byte < 127 else { return "-\\x" + String(code, radix: 16) }
        return "-\(Character(UnicodeScalar(byte)))"
    }
}
