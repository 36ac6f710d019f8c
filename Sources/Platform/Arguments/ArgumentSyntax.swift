internal import CSystem
internal import Glibc

/// The options and operands of a program, or of one of its commands.
///
/// The command line follows getopt_long's conventions: `--name value` and `--name=value`, names may be abbreviated,
/// short options bundle, operands may stand anywhere, and after `--` all is operand.
public struct ArgumentSyntax: Sendable {
    /// The program's name, with the command's behind it: `bpubsub list`.
    public let program: String
    /// What the program does, for the help text: one line, then perhaps paragraphs.
    public let summary: String
    public let options: [any OptionDescription]
    public let operands: [any OperandDescription]
    /// Behind the options in the help text.
    public let epilogue: String
    /// Whether options end at the first operand, which names a command.
    public let hasCommands: Bool

    public init(
        program: String, summary: String, options: [any OptionDescription] = [],
        operands: [any OperandDescription] = [], epilogue: String = "", hasCommands: Bool = false
    ) {
        self.program = program
        self.summary = summary
        self.options = options
        self.operands = operands
        self.epilogue = epilogue
        self.hasCommands = hasCommands
    }

    /// Reads a command line (without the program's name) and, for options that it does not give, the environment.
    public func parse(_ arguments: [String], environment: [String: String]) throws(UsageError) -> Arguments {
        let scan = try OptionScan(self, arguments)
        var result = Arguments()
        if let request = scan.request {
            result.request = request
            return result
        }
        for option in options {
            let (texts, source) = given(option, scan.options, environment)
            if !texts.isEmpty { result.given.insert(option.name) }
            do {
                result.options[option.name] = try option.value(of: texts)
            } catch {
                throw UsageError("\(source): \(error.message)")
            }
        }
        if hasCommands {
            result.rest = scan.operands
        } else {
            result.operands = try values(of: scan.operands)
        }
        return result
    }

    /// The texts given for an option, and what to call the place where they stand.
    private func given(
        _ option: any OptionDescription, _ found: [String: [String]], _ environment: [String: String]
    ) -> ([String], String) {
        if let texts = found[option.name] { return (texts, "--\(option.name)") }
        guard let text = environment[option.environmentName], !text.isEmpty else { return ([], "--\(option.name)") }
        let texts = option.isRepeatable ? text.split(separator: ",").map(String.init) : [text]
        return (texts, option.environmentName)
    }

    private func values(of texts: [String]) throws(UsageError) -> [String: any Sendable] {
        var result: [String: any Sendable] = [:]
        var left = texts[...]
        for operand in operands {
            let own = left.prefix(operand.count.upperBound)
            guard own.count >= operand.count.lowerBound else { throw UsageError("\(operand.name) is missing") }
            do {
                result[operand.name] = try operand.value(of: Array(own))
            } catch {
                throw UsageError("\(operand.name): \(error.message)")
            }
            left = left.dropFirst(own.count)
        }
        guard let extra = left.first else { return result }
        throw UsageError("unexpected argument '\(extra)'")
    }
}

extension ArgumentSyntax {
    /// What `--help` prints.
    public func help(width: Int = 90) -> String {
        var text = TextWrapping.wrap("Usage: \(program)\(usage)", width: width, indent: 7 + program.count + 1) + "\n\n"
        text += TextWrapping.paragraphs(summary, width: width) + "\n"
        if !operands.isEmpty {
            text += "\nArguments:\n"
            text += TextWrapping.table(operands.map { ("  \($0.name)", $0.help) }, width: width)
        }
        text += "\nOptions:\n" + TextWrapping.table(options.map(row) + Self.standardRows, width: width)
        if !epilogue.isEmpty { text += "\n" + TextWrapping.paragraphs(epilogue, width: width) + "\n" }
        return text
    }

    private var usage: String {
        var text = " [OPTION…]"
        for operand in operands {
            let name = operand.count.upperBound > 1 ? operand.name + "…" : operand.name
            text += operand.count.lowerBound == 0 ? " [\(name)]" : " \(name)"
        }
        return text + (hasCommands ? " COMMAND …" : "")
    }

    private func row(_ option: any OptionDescription) -> (String, String) {
        var left = option.short.map { "  -\($0), " } ?? "      "
        left += "--\(option.name)" + (option.placeholder.map { " " + $0 } ?? "")
        var notes: [String] = []
        if option.isRepeatable { notes.append("may be repeated") }
        if let text = option.defaultText { notes.append("default: \(text)") }
        notes.append(option.environmentName)
        return (left, "\(option.help) [\(notes.joined(separator: "; "))]")
    }

    private static let standardRows = [
        ("  -h, --help", "print this and end"), ("      --version", "print the version and end"),
    ]
}
