import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// What the catalogue says of real Blosc2 files, and of such as only seem so.
@Suite(.patient) struct MetadataTests {
    @Test func anArrayHasItsGeometryAndItsAttributes() async throws {
        try await PublisherHarness.run { harness in
            let bytes = try Content.sample("temp.b2nd")
            try harness.folder.write("temp.b2nd", bytes)
            let dataset = try await harness.published("temp.b2nd", bytes)
            #expect(dataset.kind == .array)
            #expect(dataset.mediaType == "application/vnd.blosc2.frame")
            #expect(dataset.array?.shape == [1461, 2])
            #expect(dataset.array?.dtype == "float32")
            #expect(dataset.frame?.chunkCount ?? 0 > 1)
            #expect(dataset.frame?.filters.count == 6)
            #expect(dataset.attributes?["station"] == .string("Seattle"))
            #expect(dataset.attributesOmitted == nil)
            #expect(dataset.warning == nil)
        }
    }

    @Test func aFrameWithoutAnArrayIsAFrameWhateverItsName() async throws {
        try await PublisherHarness.run { harness in
            let bytes = try Content.sample("wind-days.b2frame")
            try harness.folder.write("wind.txt", bytes)
            let dataset = try await harness.published("wind.txt", bytes)
            #expect(dataset.kind == .frame)
            #expect(dataset.array == nil)
            #expect(dataset.frame != nil)
        }
    }

    @Test func aDamagedFrameIsAPlainFileWithAWarning() async throws {
        try await PublisherHarness.run { harness in
            let whole = try Content.sample("wind.b2nd")
            let cut = Array(whole.prefix(whole.count / 2))
            try harness.folder.write("cut.b2nd", cut)
            let dataset = try await harness.published("cut.b2nd", cut)
            #expect(dataset.kind == .file)
            #expect(dataset.warning?.isEmpty == false)
            #expect(try await harness.download("cut.b2nd") == cut)

            try harness.folder.write("text.b2nd", Array("no frame at all".utf8))
            let text = try await harness.published("text.b2nd", Array("no frame at all".utf8))
            #expect(text.warning?.contains("does not begin") == true)
            // Mended, it is what it should be.
            try harness.folder.write("cut.b2nd", whole)
            #expect(try await harness.published("cut.b2nd", whole).kind == .array)
        }
    }

    @Test func everyTruncationOfAFrameIsPublishedAsAFile() async throws {
        try await PublisherHarness.run { harness in
            let whole = try Content.sample("precip.b2nd")
            for length in stride(from: 0, to: whole.count, by: 300) {
                try harness.folder.write("\(length).b2nd", Array(whole.prefix(length)))
            }
            try await harness.settled(marker: "marker")
            let count = (whole.count + 299) / 300
            let view = try await harness.watch.until("all of them") { $0.count == count + 1 }
            #expect(view.datasets.values.allSatisfy { $0.kind == .file })
        }
    }

    @Test func theFilesOfASparseFrameArePlainFiles() async throws {
        try await PublisherHarness.run { harness in
            var index = try Content.sample("wind.b2nd")
            // The kind of the frame: its chunks are in files of their own.
            index[26] |= 1
            try harness.folder.makeFolder("x.b2nd")
            try harness.folder.write("x.b2nd/chunks.b2frame", index)
            try harness.folder.write("x.b2nd/00000000.chunk", [1, 2, 3])
            let dataset = try await harness.published("x.b2nd/chunks.b2frame", index)
            #expect(dataset.kind == .file)
            #expect(dataset.warning?.contains("sparse") == true)
            try await harness.published("x.b2nd/00000000.chunk", [1, 2, 3])
        }
    }

    @Test func anEmptyFileIsADataset() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write("empty.csv", [])
            let dataset = try await harness.published("empty.csv", [])
            #expect(dataset.size == 0)
            #expect(dataset.mediaType == "text/csv")
            #expect(try await harness.download("empty.csv").isEmpty)
        }
    }

    @Test(arguments: [
        ("run.log", "text/plain"), ("settings.YAML", "application/yaml"), ("fit.R", "text/x-r"),
        ("lines.jsonl", "application/x-ndjson"), ("figure.svg", "image/svg+xml"),
        ("LICENSE", "application/octet-stream"),
    ])
    func theEndOfANameSaysWhatAFileIs(_ name: String, _ type: String) async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write(name, [65])
            let dataset = try await harness.published(name, [65])
            #expect(dataset.mediaType == type)
        }
    }
}
