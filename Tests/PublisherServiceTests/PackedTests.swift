import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing
import Versions

/// Files `X.b2` that are published as what is packed in them, `X`.
@Suite(.patient) struct PackedTests {
    /// 2.5 MB that can be compressed, and all of whose parts differ.
    static let text = Array((0..<250_000).map { "\(1_000_000_000 + $0)" }.joined().utf8)

    static func run(
        _ configure: (inout Publisher.Configuration) -> Void = { _ in },
        prepare: (DataFolder) throws -> Void = { _ in }, _ body: @Sendable (PublisherHarness) async throws -> Void
    ) async throws {
        try await PublisherHarness.run(
            {
                $0.caterva2Files = true
                configure(&$0)
            }, prepare: prepare, body)
    }

    /// Waits until all that happened before has been looked at, also twice.
    static func letThingsSettle(_ harness: PublisherHarness) async throws {
        for _ in 0..<3 { try await harness.settled() }
    }

    @Test func aPackedFileIsWhatIsPackedInIt() async throws {
        let array = try Content.sample("temp.b2nd")
        try await Self.run(prepare: {
            try $0.makeFolder("dir")
            try $0.write("dir/a.csv.b2", try Content.packed(Self.text))
            try $0.write("empty.b2", try Content.packed([]))
            try $0.write("array.b2nd.b2", try Content.packed(array))
        }) { harness in
            let dataset = try await harness.published("dir/a.csv", Self.text)
            #expect(dataset.size == Self.text.count && dataset.kind == .file)
            #expect(dataset.mediaType == "text/csv" && dataset.warning == nil)
            #expect(try await harness.published("empty", []).size == 0)
            let frame = try await harness.published("array.b2nd", array)
            #expect(frame.kind == .array && frame.size == Int64(array.count))
            #expect(harness.watch.view.names == ["array.b2nd", "dir/a.csv", "empty"])
            for (name, bytes) in [("dir/a.csv", Self.text), ("empty", []), ("array.b2nd", array)] {
                #expect(try await harness.download(name) == bytes, "\(name)")
                #expect(try await harness.get("/api/download/foo/\(name).b2").status == 404)
            }
            let whole = try await harness.get("/api/download/foo/dir/a.csv")
            #expect(whole.headers["Content-Type"] == "text/csv")
        }
    }

    @Test func partsAndBlocksAreThoseOfTheUnpackedBytes() async throws {
        let array = try Content.sample("temp.b2nd")
        try await Self.run(prepare: {
            try $0.write("a.bin.b2", try Content.packed(Self.text))
            try $0.write("array.b2", try Content.packed(array))
        }) { harness in
            let dataset = try await harness.published("a.bin", Self.text)
            let url = "/versions/\(dataset.version)"
            let part = try await harness.get(url + "/data", ["Range": "bytes=1000000-2300000"])
            #expect(part.status == 206 && part.body == Array(Self.text[1_000_000...2_300_000]))
            #expect(try await harness.get(url + "/data", ["Range": "bytes=2500000-"]).status == 416)
            #expect(try await harness.get(url + "/manifest").body == Content.manifest(Self.text).encoded)
            let blocks = try await harness.get(url + "/blocks?of=0:3;2")
            let proven = try ProvenBlocks.decode(blocks.body)
            let manifest = try Content.manifest(Self.text)
            #expect(proven.count == 2 && proven.allSatisfy { $0.belong(to: manifest) })
            #expect(proven[0].blocks.flatMap(\.bytes.array) == Array(Self.text[(3 << 16)..<(4 << 16)]))
            #expect(proven[1].blocks.flatMap(\.bytes.array) == Array(Self.text[(2 << 20)...]))
            let frame = try await harness.published("array", array)
            let all = try await harness.get("/versions/\(frame.version)/blocks?of=0;1;2;3")
            let frameManifest = try Content.manifest(array)
            #expect(try ProvenBlocks.decode(all.body).allSatisfy { $0.belong(to: frameManifest) })
        }
    }

    @Test func whatIsNoPackedFileStaysItself() async throws {
        let bytes = SharedBytes([UInt8](repeating: 7, count: 32))
        let items = ArrayValues(shape: [4], dtype: nil, itemSize: 8, bytes: bytes)
        let files: [(name: String, bytes: [UInt8])] = [
            ("array.b2", try Content.sample("temp.b2nd")), ("items.b2", try items.frame().array), ("short.b2", [1, 2]),
            ("frame.b2frame", try Content.packed(Self.text)), (".b2", [1]), ("tmp.part.b2", try Content.packed([1])),
            // Nobody unpacks a terabyte out of some bytes.
            ("bomb.b2", try Content.packed(Self.text, claiming: 1 << 40)),
        ]
        try await Self.run(prepare: { for file in files { try $0.write(file.name, file.bytes) } }) { harness in
            for file in files where file.name != ".b2" { try await harness.published(file.name, file.bytes) }
            #expect(harness.watch.view.names == files.map(\.name).filter { $0 != ".b2" }.sorted())
        }
        try await PublisherHarness.run(prepare: { try $0.write("a.b2", try Content.packed(Self.text)) }) { harness in
            try await harness.published("a.b2", try Content.packed(Self.text))
            #expect(harness.watch.view.names == ["a.b2"])
        }
    }

    @Test func aPackedFileTakesThePlaceOfOneBesideIt() async throws {
        try await Self.run(prepare: { try $0.write("a", [1]) }) { harness in
            try await harness.published("a", [1])
            try harness.folder.write("a.b2", try Content.packed([2, 2]))
            try await harness.published("a", [2, 2])
            // Nobody sees what is written to the one that is hidden.
            try harness.folder.write("a", [3, 3, 3])
            try await Self.letThingsSettle(harness)
            #expect(harness.watch.view.history(of: "a").map { $0?.size } == [1, 2])
            try harness.folder.remove("a.b2")
            try await harness.published("a", [3, 3, 3])
            #expect(try await harness.download("a") == [3, 3, 3])
            #expect(harness.watch.view["a.b2"] == nil && harness.watch.view.history(of: "a.b2").isEmpty)
        }
    }

    @Test func aFolderIsNotHiddenByAPackedFile() async throws {
        let packed = try Content.packed([2, 2])
        try await Self.run(prepare: { try $0.write("a.b2", packed) }) { harness in
            try await harness.published("a", [2, 2])
            try harness.folder.makeFolder("a")
            try harness.folder.write("a/b", [1])
            try await harness.published("a/b", [1])
            try await harness.published("a.b2", packed)
            try await harness.withdrawn("a")
            try harness.folder.remove("a")
            try await harness.published("a", [2, 2])
            try await harness.withdrawn("a.b2")
            try await harness.withdrawn("a/b")
        }
    }

    @Test func changesAreFollowed() async throws {
        let array = try Content.sample("temp.b2nd")
        try await Self.run(prepare: { try $0.write("a.b2", try Content.packed(Self.text)) }) { harness in
            try await harness.published("a", Self.text)
            try harness.folder.write("a.b2", try Content.packed(Array(Self.text.reversed())))
            try await harness.published("a", Self.text.reversed())
            #expect(try await harness.download("a") == Self.text.reversed())
            try harness.folder.rename("a.b2", to: "b.b2")
            try await harness.published("b", Self.text.reversed())
            try await harness.withdrawn("a")
            // The very same file, under names of both kinds.
            try harness.folder.rename("b.b2", to: "c.bin")
            try await harness.published("c.bin", try Content.packed(Array(Self.text.reversed())))
            try await harness.withdrawn("b")
            try harness.folder.rename("c.bin", to: "d.b2")
            try await harness.published("d", Self.text.reversed())
            try harness.folder.write(".e", array)
            try harness.folder.rename(".e", to: "d.b2")
            try await harness.published("d.b2", array)
            try await harness.withdrawn("d")
            try harness.folder.remove("d.b2")
            try await harness.withdrawn("d.b2")
            #expect(harness.watch.view.names.isEmpty)
        }
    }

    @Test func linksLeadToWhatIsPacked() async throws {
        try await Self.run(prepare: {
            try $0.write("a.b2", try Content.packed([1, 1]))
            try $0.symbolicLink("soft.b2", to: "a.b2")
            try $0.link("a.b2", to: "hard.b2")
            try $0.link("a.b2", to: "itself.bin")
        }) { harness in
            for name in ["a", "soft", "hard"] { try await harness.published(name, [1, 1]) }
            try await harness.published("itself.bin", try Content.packed([1, 1]))
            try harness.folder.write("a.b2", try Content.packed([2, 2, 2]))
            for name in ["a", "soft", "hard"] { try await harness.published(name, [2, 2, 2]) }
            try await harness.published("itself.bin", try Content.packed([2, 2, 2]))
            #expect(harness.watch.view.count == 4)
        }
    }
}

extension Content {
    /// A file as Caterva2 packs it.
    ///
    /// - Parameter claiming: how many bytes its header says to be in it.
    static func packed(_ bytes: [UInt8], claiming size: Int64? = nil) throws -> [UInt8] {
        let values = ArrayValues(shape: [bytes.count], dtype: nil, itemSize: 1, bytes: SharedBytes(bytes))
        var frame = try values.frame(.small).array
        if let size {
            for place in 0..<8 { frame[30 + place] = UInt8(truncatingIfNeeded: size >> (56 - 8 * place)) }
        }
        return frame
    }
}
