import Catalogue
import Testing
import Wire

@testable import Client

@Suite("Text for people")
struct RenderingTests {
    @Test(
        "sizes are short",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (6021, "5.9 KiB"), (1_048_524, "1023.9 KiB"),
            (1_048_570, "1.0 MiB"), (300 << 20, "300.0 MiB"), (.max, "8.0 EiB"),
        ] as [(Int64, String)])
    func bytes(_ count: Int64, _ text: String) { #expect(HumanText.bytes(count) == text) }

    @Test("a share is 100 % only when nothing is missing, and 0 % only when nothing is there")
    func percent() {
        #expect(HumanText.percent(999_999, of: 1_000_000, isComplete: false) == "99 %")
        #expect(HumanText.percent(1, of: 1_000_000, isComplete: false) == "1 %")
        #expect(HumanText.percent(0, of: 0, isComplete: true) == "100 %")
        #expect(HumanText.percent(0, of: 9, isComplete: false) == "0 %")
    }

    @Test(
        "spans are short",
        arguments: [
            (0.2, "1 s"), (59, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min"),
            (.infinity, "277777 h 46 min"),
        ]
            as [(Double, String)])
    func spans(_ seconds: Double, _ text: String) { #expect(HumanText.span(seconds: seconds) == text) }

    @Test("moments that no calendar has are no crash")
    func moments() {
        #expect(HumanText.moment(1_764_000_000.25) == "2025-11-24 16:00:00")
        #expect(HumanText.moment(.nan) == "?")
        #expect(HumanText.moment(1e300) == "?")
    }

    @Test("a table lines up, with wide characters and escapes, and without blanks at the ends")
    func table() {
        var table = Table([("PATH", .left), ("SIZE", .right), ("X", .left)])
        table.add(["foo/雨.txt", "5 B", "-"])
        table.add(["foo/a\u{1b}[31m\nb", "12.0 KiB", ""])
        #expect(
            table.text == """
                PATH                    SIZE  X
                foo/雨.txt               5 B  -
                foo/a\\u{1b}[31m\\nb  12.0 KiB

                """)
    }

    @Test(
        "what is seen as one character has the width of one",
        arguments: [
            ("abc", 3), ("日本語", 6), ("e\u{301}e\u{301}", 2), ("🙂🙂", 4), ("\u{200b}zw", 2), ("👩‍👩‍👧", 2), ("ｆｕｌｌ", 8),
            ("\u{301}", 0), ("❤\u{fe0f}", 2), ("한글", 4), ("\u{1112}\u{1161}\u{11ab}", 2), ("नि", 1), ("", 0), ("⚡", 2),
        ])
    func widths(_ text: String, _ width: Int) { #expect(DisplayWidth.of(text) == width) }

    @Test("a dataset in full")
    func details() throws {
        var sample = try SampleDataset("foo/precip.b2nd", Array(repeating: 1, count: 6021)).dataset
        sample.kind = .array
        sample.array = ArrayMetadata(shape: [1461], chunks: [512], blocks: [64], dtype: "float32")
        sample.frame = FrameMetadata(
            nbytes: 12042, cbytes: 6021, chunkSize: 2048, blockSize: 256, typeSize: 4, chunkCount: 3, codec: 5,
            codecMeta: 0, compressionLevel: 5, filters: [0, 0, 0, 0, 0, 1], filtersMeta: [0, 0, 0, 0, 0, 0],
            splitMode: 1,
            usesDictionary: false)
        sample.attributes = ["unit": .string("mm"), "station": .object(["id": .integer(3)])]
        let text = Details.dataset(ListedDataset(dataset: sample, held: 3000, complete: false, followed: true)).text
        for line in [
            "foo/precip.b2nd", "  shape       (1461,)", "  dtype       float32", "  codec       zstd, level 5",
            "  filters     shuffle",  // Of 12,042 bytes some only fill the last chunk up.
            "  data        5.7 KiB in 3 chunks, 5.9 KiB compressed (ratio 0.97)",
            "  size        5.9 KiB (6021 bytes)", "  held        49 %, 2.9 KiB, followed", "    unit        \"mm\"",
            "    station     {\"id\": 3}", "  version     \(sample.version)",
        ] {
            #expect(text.split(separator: "\n").contains { $0 == line }, "\(line) in\n\(text)")
        }
    }

    @Test("JSON looks as Python writes it")
    func json() {
        let value = JSONValue.object(["b": .array([.integer(1), .number(0.5), .null]), "a": .string("x\"\n")])
        #expect(JSONStyle.line(value) == #"{"a": "x\"\n", "b": [1, 0.5, null]}"#)
        #expect(JSONStyle.line(["foo/a.b2nd", "foo/b.b2nd"]) == #"["foo/a.b2nd", "foo/b.b2nd"]"#)
    }

    @Test("long texts lose their middles")
    func shortened() {
        #expect(HumanText.shortened("foo/verylongname.b2nd", to: 11) == "foo/v….b2nd")
        #expect(HumanText.shortened("雨雨雨雨", to: 5) == "雨…雨")
        #expect(HumanText.shortened("abc", to: 0) == "")
    }
}
