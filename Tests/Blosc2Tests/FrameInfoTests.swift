import Arrays
import Platform
import Testing

@testable import Blosc2

@Suite(.enabled(if: PythonFrames.isInstalled, "scripts/setup.sh --tests installs python-blosc2"))
struct FrameInfoTests {
    @Test("What a frame says about itself is what python-blosc2 says", arguments: PythonFrames.all)
    func factsAgree(frame: PythonFrames.Frame) throws {
        let info = try FrameInfo(frame.source, FrameLayout(frame.source))
        func list(_ values: [some Any]) -> String { values.map { "\($0)" }.joined(separator: " ") }
        var facts = [
            "nchunks": "\(info.chunkCount)", "nbytes": "\(info.nbytes)", "cbytes": "\(info.cbytes)",
            "typesize": "\(info.typeSize)", "chunksize": "\(info.chunkSize)", "blocksize": "\(info.blockSize)",
            "codec": "\(info.codec)", "clevel": "\(info.compressionLevel)", "filters": list(info.filters),
            "meta": list(info.filtersMeta), "split": "\(info.splitMode)", "dict": info.usesDictionary ? "1" : "0",
            "lengths": frame.facts["lengths"] ?? "", "vlmeta": list(info.userAttributes.map(\.name)),
        ]
        if let array = info.array {
            facts["shape"] = list(array.shape)
            facts["chunks"] = list(array.chunks)
            facts["blocks"] = list(array.blocks)
            facts["dtype"] = array.numpyType
        }
        for (name, expected) in frame.facts { #expect(facts[name] == expected, "\(name)") }
        #expect(facts.count == frame.facts.count)
    }

    @Test("User attributes keep their values", arguments: ["attributes.b2nd", "dict-attributes.b2nd"])
    func userAttributes(name: String) throws {
        let frame = try #require(PythonFrames.named(name))
        let info = try FrameInfo(frame.source, FrameLayout(frame.source))
        let json = Dictionary(uniqueKeysWithValues: info.userAttributes.map { ($0.name, $0.value.json) })
        #expect(json["units"] == #""mm""#)
        #expect(json["station"] == #"{"name":"Seattle – Tacoma","id":24233,"at":[47.44,-122.31]}"#)
        #expect(json["list"] == #"[null,true,-5,9223372036854775809,2.5,null,"abc","/wA=",[[]],{}]"#)
        #expect(json["long"]?.utf8.count == 100_002)
        guard case .binary = info.userAttributes.first(where: { $0.name == "deep" })?.value else {
            Issue.record("too deep a value is not kept as bytes")
            return
        }
    }

    @Test("User attributes beyond the limit are left out and counted")
    func attributesBeyondTheLimit() throws {
        let frame = try #require(PythonFrames.named("attributes.b2nd"))
        let info = try FrameInfo(frame.source, FrameLayout(frame.source), attributeLimit: 10_000)
        #expect(info.omittedAttributes == 1)
        #expect(info.userAttributes.map(\.name) == ["units", "station", "list", "deep"])
    }

    @Test("Metalayers are listed by name")
    func metalayers() throws {
        let frame = try #require(PythonFrames.named("meta.b2frame"))
        let info = try FrameInfo(frame.source, FrameLayout(frame.source))
        #expect(info.metalayers == ["big", "small"])
        #expect(info.array == nil)
    }

    @Test("An old caterva array is an array")
    func catervaArray() throws {
        let content = MessagePackValue.array([
            .int(0), .int(2), .array([.int(10), .int(20)]), .array([.int(5), .int(5)]), .array([.int(2), .int(2)]),
        ])
        let array = try ArrayInfo(content, typeSize: 4)
        #expect(array.shape == [10, 20])
        #expect(array.numpyType == "|S4")
    }
}
