import Platform
import Testing

@Suite("A program's arguments")
struct ArgumentSyntaxTests {
    static let listen = CommonOptions.listen(port: 8000)
    static let poll = Option(
        optional: "poll", short: "p", placeholder: "SECONDS", help: "look again",
        parse: OptionValue.seconds(in: 0.1...60))
    static let groups = Option(
        repeated: "group", short: "g", placeholder: "NAME", help: "only this group", parse: OptionValue.string)
    static let once = Option(flag: "once", short: "o", help: "only once")
    static let workers = Option(
        "workers", short: "w", placeholder: "N", default: 4, help: "how many", parse: OptionValue.integer(in: 1...64))
    static let group = Operand("GROUP", help: "the group", parse: OptionValue.string)
    static let folder = Operand(optional: "FOLDER", help: "the folder", parse: OptionValue.string)

    static let syntax = ArgumentSyntax(
        program: "prog", summary: "Does things.", options: [listen, poll, groups, once, workers] + CommonOptions.log,
        operands: [group, folder])

    func parse(_ arguments: [String], _ environment: [String: String] = [:]) throws(UsageError) -> Arguments {
        try Self.syntax.parse(arguments, environment: environment)
    }

    @Test("defaults hold for what nobody says")
    func defaults() throws {
        let arguments = try parse(["foo"])
        #expect(arguments[Self.listen] == Endpoint(host: "localhost", port: 8000))
        #expect(arguments[Self.poll] == nil)
        #expect(arguments[Self.groups] == [])
        #expect(!arguments[Self.once])
        #expect(arguments[Self.workers] == 4)
        #expect(arguments[Self.group] == "foo")
        #expect(arguments[Self.folder] == nil)
        #expect(!arguments.has(Self.workers))
    }

    @Test(
        "options may be written in every way of getopt_long",
        arguments: [
            ["--workers", "7", "foo"], ["--workers=7", "foo"], ["foo", "--workers=7"], ["-w7", "foo"],
            ["-w", "7", "foo"], ["--work", "7", "foo"], ["-ow7", "foo"], ["--workers=3", "-w7", "foo"],
            ["--workers=7", "--", "foo"],
        ])
    func spellings(_ line: [String]) throws {
        let arguments = try parse(line)
        #expect(arguments[Self.workers] == 7)
        #expect(arguments[Self.group] == "foo")
        #expect(arguments.has(Self.workers))
    }

    @Test("after -- everything is an operand")
    func operandsWithDashes() throws {
        let arguments = try parse(["-o", "--", "--once", "-x"])
        #expect(arguments[Self.group] == "--once")
        #expect(arguments[Self.folder] == "-x")
    }

    @Test("a flag wins over the environment, the environment over the default")
    func precedence() throws {
        let environment = [
            "BPUBSUB_WORKERS": "9", "BPUBSUB_GROUP": "a,b", "BPUBSUB_ONCE": "yes", "BPUBSUB_POLL": "",
            "BPUBSUB_LOG_LEVEL": "debug",
        ]
        let arguments = try parse(["foo"], environment)
        #expect(arguments[Self.workers] == 9)
        #expect(arguments[Self.groups] == ["a", "b"])
        #expect(arguments[Self.once])
        #expect(arguments[Self.poll] == nil)
        #expect(arguments[CommonOptions.logLevel] == .debug)
        let flags = try parse(["-w1", "-g", "c", "-gd,e", "foo"], environment)
        #expect(flags[Self.workers] == 1)
        #expect(flags[Self.groups] == ["c", "d,e"])
    }

    @Test(
        "what is wrong is said in one line",
        arguments: [
            (["--foo"], "unknown option '--foo'"), (["--foo=3"], "unknown option '--foo'"),
            (["-x"], "unknown option '-x'"), (["-ox"], "unknown option '-x'"),
            (["--log", "x"], "option '--log' could be --log-level, --log-format"),
            (["--workers"], "option '--workers' needs a value"), (["-w"], "option '-w' needs a value"),
            (["--once=1", "a"], "option '--once' takes no value"),
            (["--workers=7x", "a"], "--workers: '7x' is not a whole number from 1 to 64"),
            (["--workers=", "a"], "--workers: '' is not a whole number from 1 to 64"),
            (["--workers=+7", "a"], "--workers: '+7' is not a whole number from 1 to 64"),
            (["--workers=65", "a"], "--workers: '65' is not a whole number from 1 to 64"),
            (["--poll=0", "a"], "--poll: '0' is not a number of seconds from 0.1 to 60.0"),
            (["--poll=1e1", "a"], "--poll: '1e1' is not a number of seconds from 0.1 to 60.0"),
            (["--listen=8000", "a"], "--listen: '8000' is not HOST:PORT, as in localhost:8000 or [::1]:8000"),
            (["--log-level=loud", "a"], "--log-level: 'loud' is not one of debug, info, warning, error"),
            ([], "GROUP is missing"), (["a", "b", "c"], "unexpected argument 'c'"),
            ([""], "GROUP: a value must not be empty"),
        ] as [([String], String)])
    func mistakes(_ line: [String], _ message: String) {
        #expect(throws: UsageError(message)) { try parse(line) }
    }

    @Test("a mistake in the environment names the variable")
    func mistakeInEnvironment() {
        #expect(throws: UsageError("BPUBSUB_WORKERS: '0' is not a whole number from 1 to 64")) {
            try parse(["a"], ["BPUBSUB_WORKERS": "0"])
        }
    }

    @Test("--help wins over what is missing, and tells each option with default and variable")
    func help() throws {
        let requests = try [["--help"], ["-h", "--foo"], ["--vers"]].map { try parse($0).request }
        #expect(requests == [.help, .help, .version])
        let text = Self.syntax.help(width: 90)
        #expect(text.hasPrefix("Usage: prog [OPTION…] GROUP [FOLDER]\n\nDoes things.\n"))
        #expect(text.contains("  -w, --workers N "))
        #expect(text.contains("[default: 4;"))
        #expect(text.contains("BPUBSUB_LOG_FORMAT"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 90 })
    }

    @Test("options end at a command's name, and the rest is the command's own")
    func commands() throws {
        let syntax = ArgumentSyntax(program: "prog", summary: "", options: [Self.once], hasCommands: true)
        let arguments = try syntax.parse(["-o", "list", "--whatever", "-l"], environment: [:])
        #expect(arguments[Self.once])
        #expect(arguments.rest == ["list", "--whatever", "-l"])
    }

    @Test("many command lines are parsed at once without mixing")
    func concurrency() async throws {
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...64 {
                group.addTask { try Self.syntax.parse(["-ow", "\(number)", "foo"], environment: [:])[Self.workers] }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 64 * 65 / 2)
    }
}
