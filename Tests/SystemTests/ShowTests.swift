import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

/// `bpubsub show`, `tree`, `roots` and `url`, with the real programs.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs python-blosc2"), .patient)
struct ShowTests {
    /// Makes arrays, and a file for each question that says what NumPy prints.
    private static let script = """
        import blosc2, json, numpy as np, os
        os.makedirs("data/dir", exist_ok=True)
        cube = np.random.default_rng(1).random((64, 128, 128)).astype("f4")
        points = np.zeros(30, [("a", "<i4"), ("b", "<f8")])
        points["a"], points["b"] = np.arange(30), np.arange(30) / 7
        small = np.arange(12).reshape(3, 4)
        for name, values in {"dir/cube": cube, "points": points, "small": small, "zero": np.array(3.5)}.items():
            blosc2.asarray(values, urlpath=f"data/{name}.b2nd", mode="w")
        items = np.arange(5000, dtype="u1").tobytes()
        blosc2.SChunk(chunksize=1000, data=items, cparams={"typesize": 1}, urlpath="data/items.b2frame", mode="w")
        open("data/readme.txt", "w").write("hällo\\n" * 20000)
        open("data/noise.bin", "wb").write(bytes(range(256)))
        for number, values in enumerate([small, small[1:, ::-2], small[1, 2], cube, cube[3:5, 7, :4], points[2:4], points["b"][:5]]):
            open(f"expected-{number}", "w").write(str(values) + "\\n")
        np.set_printoptions(threshold=10**9)
        open("full", "w").write(str(cube[0, :20]) + "\\n")
        open("raw", "wb").write(cube[0, :20].tobytes())
        """

    static func with(_ body: @Sendable (World) async throws -> Void) async throws {
        try await World.with { world in
            try await TestPython.running(script, "", in: world.folder)
            try await world.startBroker()
            try await world.startPublisher()
            try await world.startSubscriber()
            try await world.waitForList([
                "foo/dir/cube.b2nd", "foo/items.b2frame", "foo/noise.bin", "foo/points.b2nd", "foo/readme.txt",
                "foo/small.b2nd", "foo/zero.b2nd",
            ])
            try await body(world)
        }
    }

    private func content(_ name: String, _ world: World) throws -> String {
        String(decoding: try FileSystem.readAll("\(world.folder)/\(name)", limit: 1 << 30), as: UTF8.self)
    }

    @Test("show --explain tells what a slice costs, before and after it is read")
    func explain() async throws {
        try await Self.with { world in
            let slice = "foo/dir/cube.b2nd[3:5, 7, :4]"
            let cold = try await Self.show([slice, "--explain"], world)
            #expect(cold.isDone && cold.text.contains("held        0\n"), "\(cold.text) \(cold.error)")
            #expect(cold.text.contains("to fetch    about "), "\(cold.text)")
            #expect(try await Self.show([slice], world).isDone)
            let warm = try await Self.show([slice, "--explain"], world)
            #expect(warm.text.contains("to fetch    0 B in 0 requests"), "\(warm.text)")
            let json = try await Self.show([slice, "--explain", "--json"], world)
            #expect(json.text.contains("\"missing\": 0"), "\(json.text)")
            let file = try await Self.show(["foo/readme.txt", "--explain"], world)
            #expect(file.text.contains("in 2 requests"), "the manifest and the file: \(file.text)")
        }
    }

    @Test("show prints what NumPy prints, and reads little of a large array for that")
    func arrays() async throws {
        try await Self.with { world in
            let questions = [
                ["foo/small.b2nd"], ["foo/small.b2nd[1:, ::-2]"], ["foo/small.b2nd[1, 2]"], ["foo/dir/cube.b2nd"],
                ["foo/dir/cube.b2nd[3:5, 7, :4]"], ["foo/points.b2nd[2:4]"], ["foo/points.b2nd[:5]", "--field", "b"],
            ]
            for (number, question) in questions.enumerated() {
                let shown = try await Self.show(question, world)
                let expected = try content("expected-\(number)", world)
                #expect(shown.isDone && shown.text + "\n" == expected, "\(question): \(shown.text) \(shown.error)")
            }
            let status = try await world.get("/api/status").text
            let fetched = status.firstRange(of: "\"fetchedBytes\":").map {
                Int(status[$0.upperBound...].prefix { $0.isNumber }) ?? 0
            }
            #expect(fetched.map { $0 < 2_000_000 } == true, "the cube has more than 3 MB: \(status)")
            let full = try await Self.show(["--full", "foo/dir/cube.b2nd[0, :20]"], world)
            #expect(full.text + "\n" == (try content("full", world)))
            let json = try await Self.show(["--json", "foo/small.b2nd[0]"], world)
            #expect(json.text == "[0,1,2,3]")
            let scalar = try await Self.show(["foo/zero.b2nd"], world)
            #expect(scalar.text == "3.5")
        }
    }

    @Test("show --raw writes bytes as they are")
    func raw() async throws {
        try await Self.with { world in
            let program = try BuiltPrograms.path(of: "bpubsub")
            for (part, file) in [("foo/dir/cube.b2nd[0, :20]", "raw"), ("foo/noise.bin", "data/noise.bin")] {
                let line =
                    "'\(program)' --subscriber \(world.url()) show --raw '\(part)' | cmp - '\(world.folder)/\(file)'"
                let compared = try await World.run("/bin/bash", ["-c", line])
                #expect(compared.isDone && compared.out.isEmpty, "\(compared.out) \(compared.error)")
            }
        }
    }

    @Test("show prints text files, and says why it cannot print others")
    func files() async throws {
        try await Self.with { world in
            let start = try await Self.show(["foo/readme.txt[:7]"], world)
            #expect(start.isDone && start.out == ["hällo"])
            let long = try await Self.show(["foo/readme.txt"], world)
            #expect(long.isDone && long.error.contains("65536 of 140000 bytes; --full prints all"))
            let all = try await Self.show(["--full", "foo/readme.txt"], world)
            #expect(all.out.count == 20000 && all.error.isEmpty)
            let mistakes = [
                (["foo/noise.bin"], "is not text"), (["foo/small.b2nd[9]"], "index 9 is out of bounds"),
                (["foo/small.b2nd[a]"], "'a' is no slice"), (["foo/smal.b2nd[1]"], "did you mean foo/small.b2nd"),
                (["foo/small.b2nd", "--field", "x"], "the type is not structured"),
            ]
            for (question, words) in mistakes {
                let answer = try await Self.show(question, world)
                #expect(answer.status == .exited(1) && answer.error.contains(words), "\(question): \(answer.error)")
            }
        }
    }

    @Test("tree, roots and url show what there is and where")
    func overview() async throws {
        try await Self.with { world in
            let tree = try await world.bpubsub("tree")
            #expect(
                tree.text == """
                    foo
                    ├── dir
                    │   └── cube.b2nd
                    ├── items.b2frame
                    ├── noise.bin
                    ├── points.b2nd
                    ├── readme.txt
                    ├── small.b2nd
                    └── zero.b2nd
                    """)
            #expect(try await world.bpubsub("roots").out == ["foo"])
            #expect(try await world.bpubsub("roots", "--json").out == [#"{"foo": {"name": "foo"}}"#])
            let file = try await world.bpubsub("url", "foo/readme.txt")
            #expect(file.out == [world.url() + "/api/download/foo/readme.txt"])
            let slice = try await world.bpubsub("url", "foo/small.b2nd[1:, 0]")
            let got = try await world.client.send(.init(url: slice.text))
            #expect(got.status == 200 && slice.text.contains("/api/fetch/foo/small.b2nd?slice_="))
        }
    }

    private static func show(_ arguments: [String], _ world: World) async throws -> World.Output {
        try await World.run("bpubsub", ["--subscriber", world.url(), "show"] + arguments)
    }
}
