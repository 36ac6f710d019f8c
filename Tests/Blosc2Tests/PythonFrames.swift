import Arrays
internal import Glibc
import Platform
import TestSupport

@testable internal import Blosc2

/// Frames that python-blosc2 wrote, and what it says about them; made once per test process.
struct PythonFrames {
    /// What python-blosc2 says about one of its files.
    struct Frame: CustomStringConvertible {
        let name: String
        let bytes: [UInt8]
        let facts: [String: String]
        /// As `get_chunk` gives them: stored ones in full, special ones as a header.
        let chunks: [[UInt8]]

        var description: String { name }
        var source: MemorySource { MemorySource(bytes) }
    }

    static var python: String { TestPython.path }

    static var isInstalled: Bool { TestPython.isInstalled }

    static let all: [Frame] = {
        guard isInstalled else { return [] }
        var pattern = Array("/tmp/bpubsub-frames-XXXXXX\0".utf8CString)
        guard mkdtemp(&pattern) != nil else { return [] }
        let folder = String(decoding: pattern.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = system("rm -rf \(folder)") }
        guard let script = try? FileDescriptor(folder + "/make.py", .creating) else { return [] }
        try? SharedBytes(pythonFramesScript).withBytes { try script.write($0, at: 0) }
        guard system("cd \(folder) && \(python) make.py") == 0 else { return [] }
        let index = String(decoding: read(folder + "/index"), as: UTF8.self)
        return index.split(separator: "\n").map { line in frame(folder, line) }
    }()

    static func named(_ name: String) -> Frame? { all.first { $0.name == name } }

    private static func frame(_ folder: String, _ line: Substring) -> Frame {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        var facts: [String: String] = [:]
        for pair in parts.dropFirst() {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            facts[halves[0]] = halves[1]
        }
        var chunks: [[UInt8]] = []
        var left = read("\(folder)/\(parts[0]).chunks")[...]
        for length in (facts["lengths"] ?? "").split(separator: " ").compactMap({ Int($0) }) {
            chunks.append(Array(left.prefix(length)))
            left = left.dropFirst(length)
        }
        return Frame(name: parts[0], bytes: read(folder + "/" + parts[0]), facts: facts, chunks: chunks)
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = try? FileDescriptor(path), let size = try? file.identity().size else { return [] }
        return (try? file.read(at: 0, count: Int(size)).array) ?? []
    }
}
