import Storage
import Testing

@Suite struct DatabaseTests {
    let folder: TemporaryFolder
    let path: String
    static let schema = DatabaseSchema(
        application: 0x6270_0001,
        [Migration("CREATE TABLE item (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID")])

    init() throws {
        folder = try TemporaryFolder()
        path = folder["test.db"]
    }

    private func open(_ schema: DatabaseSchema = schema) throws -> Database { try Database(path: path, schema: schema) }

    private func code(_ body: () throws -> Void) -> StorageError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    @Test(arguments: [
        SQLValue.null, .integer(.min), .integer(7), .real(0.1), .text(""), .text("é\u{0}🎈"), .blob([]),
        .blob([0, 255]),
    ])
    func valuesComeBackAsTheyWere(value: SQLValue) throws {
        let database = try open()
        try database.transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "a", value) }
        let found = try database.read { connection in
            try connection.first("SELECT value, typeof(value) FROM item") { row -> SQLValue in
                switch row.string(1) {
                case "null": row.isNull(0) ? .null : .text("not null")
                case "integer": .integer(row.int64(0))
                case "real": .real(row.double(0))
                case "text": .text(row.string(0))
                default: .blob(row.bytes(0))
                }
            }
        }
        #expect(found == value)
    }

    @Test func theUpperHalfOfUnsignedNumbersComesBack() throws {
        let database = try open()
        try database.transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "a", UInt64.max) }
        #expect(try database.read { try $0.first("SELECT value FROM item") { $0.uint64(0) } } == UInt64.max)
    }

    @Test func nothingOfAFailedTransactionStays() throws {
        struct Stop: Error {}
        let database = try open()
        #expect(throws: Stop.self) {
            try database.transaction { connection in
                try connection.execute("INSERT INTO item VALUES (?, ?)", "a", 1)
                throw Stop()
            }
        }
        #expect(try database.read { try $0.all("SELECT name FROM item") { $0.string(0) } } == [])
        try database.transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "b", 1) }
        #expect(try database.read { try $0.all("SELECT name FROM item") { $0.string(0) } } == ["b"])
    }

    @Test func aBrokenRuleIsAnErrorThatNamesTheFile() throws {
        let database = try open()
        let insert = { _ = try database.transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "a", 1) } }
        try insert()
        do {
            try insert()
            Issue.record("the second insert must fail")
        } catch let error as StorageError {
            #expect(error.code == .constraint)
            #expect(error.message.contains(path))
        }
    }

    @Test func aReaderSeesTheStateOfItsBeginning() throws {
        let database = try open()
        try database.transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "a", 1) }
        let counts = try database.read { connection in
            let before = try connection.first("SELECT count(*) FROM item") { $0.int(0) }
            try database.transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "b", 2) }
            return [before, try connection.first("SELECT count(*) FROM item") { $0.int(0) }]
        }
        #expect(counts == [1, 1])
        #expect(try database.read { try $0.first("SELECT count(*) FROM item") { $0.int(0) } } == 2)
    }

    @Test func aScanStopsWhenItIsToldTo() throws {
        let database = try open()
        try database.transaction { connection in
            for name in ["a", "b", "c"] { try connection.execute("INSERT INTO item VALUES (?, ?)", name, 1) }
        }
        let seen = try database.read { connection in
            var seen: [String] = []
            try connection.scan("SELECT name FROM item ORDER BY name") { row in
                seen.append(row.string(0))
                return seen.count < 2
            }
            return seen
        }
        #expect(seen == ["a", "b"])
    }

    @Test func theSameStatementRunsInsideItself() throws {
        let database = try open()
        try database.transaction { connection in
            for name in ["a", "b"] { try connection.execute("INSERT INTO item VALUES (?, ?)", name, 1) }
        }
        let pairs = try database.read { connection in
            try connection.all("SELECT name FROM item ORDER BY name") { outer in
                let inner = try connection.all("SELECT name FROM item ORDER BY name") { $0.string(0) }
                return outer.string(0) + inner.joined()
            }
        }
        #expect(pairs == ["aab", "bab"])
    }

    @Test func aDatabaseIsFoundAgainAndBroughtToANewerSchema() throws {
        try open().transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "a", 1) }
        let newer = DatabaseSchema(
            application: Self.schema.application,
            Self.schema.migrations + [Migration("ALTER TABLE item ADD COLUMN extra INT; UPDATE item SET extra = 5")])
        #expect(try open(newer).read { try $0.first("SELECT extra FROM item") { $0.int(0) } } == 5)
        #expect(code { _ = try open() } == .newerSchema)
    }

    @Test func aMigrationThatFailsLeavesTheDatabaseAsItWas() throws {
        try open().transaction { try $0.execute("INSERT INTO item VALUES (?, ?)", "a", 1) }
        let broken = DatabaseSchema(
            application: Self.schema.application,
            Self.schema.migrations + [Migration("DELETE FROM item; SELECT nonsense")])
        #expect(code { _ = try open(broken) } == .other)
        #expect(try open().read { try $0.first("SELECT count(*) FROM item") { $0.int(0) } } == 1)
    }

    @Test func theDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws {
        _ = try Database(path: path, schema: DatabaseSchema(application: 99, [Migration("CREATE TABLE x (y)")]))
        let before = try folder.read("test.db")
        #expect(code { _ = try open() } == .otherProgram)
        #expect(try folder.read("test.db") == before)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        try folder.write(Array(repeating: 65, count: 8192), to: "test.db")
        #expect(code { _ = try open() } == .notADatabase)
    }

    @Test func aMissingFolderIsAnErrorThatNamesTheFile() throws {
        let path = folder["missing/test.db"]
        do {
            _ = try Database(path: path, schema: Self.schema)
            Issue.record("there is no such folder")
        } catch {
            #expect(error.code == .cannotOpen)
            #expect(error.message.contains(path))
        }
    }

    /// Each page in turn is overwritten; whatever is asked then, there is a result or an error.
    @Test(arguments: [0, 1, 2, 3, 5, 8])
    func aDamagedFileIsAnErrorAndNoCrash(page: Int) throws {
        try open().transaction { connection in
            for index in 0..<500 {
                try connection.execute(
                    "INSERT INTO item VALUES (?, ?)", "name \(index)", [UInt8](repeating: 7, count: 90))
            }
        }
        var bytes = try folder.read("test.db")
        try #require(bytes.count > (page + 1) * 4096)
        // Behind the header's first 100 bytes, which say what the file is.
        for index in (page * 4096 + 100)..<((page + 1) * 4096) { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try folder.write(bytes, to: "test.db")
        let failure = code {
            let database = try open()
            try database.read { try $0.forEach("SELECT name, value FROM item") { _ = $0.bytes(1) } }
            try database.transaction { try $0.execute("DELETE FROM item") }
        }
        #expect(failure == .corrupt || failure == nil || (page == 0 && failure == .other))
    }

    @Test func writersOnManyThreadsWaitForEachOther() async throws {
        let database = try open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for index in 0..<25 {
                        try database.transaction {
                            try $0.execute("INSERT INTO item VALUES (?, ?)", "\(task) \(index)", 1)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try database.read { try $0.first("SELECT count(*) FROM item") { $0.int(0) } } == 100)
    }

    @Test func aWriterWaitsForAnotherProcessOnlySoLong() throws {
        let database = try open()
        try database.transaction { connection in
            try connection.execute("INSERT INTO item VALUES (?, ?)", "a", 1)
            let other = try Database(path: path, schema: Self.schema, busyTimeout: .zero)
            #expect(code { try other.transaction { _ in } } == .busy)
        }
    }
}
