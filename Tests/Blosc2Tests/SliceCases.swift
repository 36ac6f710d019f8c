internal import Glibc
import Platform

@testable internal import Blosc2

/// Random arrays that python-blosc2 wrote, random slices of them, and what NumPy says these are.
final class SliceCases {
    struct Case {
        let file: String
        let kind: String
        let text: String
        let field: String?
        let shape: [Int]
        let dtype: String
        let bytes: Range<Int>
    }

    let folder: String
    let cases: [Case]
    let expected: SharedBytes

    /// - Parameter folder: where they are made.
    init(in folder: String, count: Int, seed: Int) throws {
        self.folder = folder
        try Self.run(sliceCasesScript, "\(seed) \(count) 2>skipped", in: folder)
        expected = try Self.read(folder + "/expected")
        cases = String(decoding: try Self.read(folder + "/cases").array, as: UTF8.self).split(separator: "\n").map {
            line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let start = Int(parts[6]) ?? 0
            return Case(
                file: parts[0], kind: parts[1], text: parts[2], field: parts[3].isEmpty ? nil : parts[3],
                shape: parts[4].split(separator: ",").compactMap { Int($0) }, dtype: parts[5],
                bytes: start..<(start + (Int(parts[7]) ?? 0)))
        }
    }

    func isExpected(_ one: Case, _ bytes: SharedBytes) -> Bool {
        guard bytes.count == one.bytes.count else { return false }
        return withExtendedLifetime((bytes, expected)) {
            bytes.count == 0
                || memcmp(bytes.pointer.baseAddress!, expected.pointer.baseAddress! + one.bytes.lowerBound, bytes.count)
                    == 0
        }
    }

    static func read(_ path: String) throws -> SharedBytes {
        let file = try FileDescriptor(path)
        return try file.read(at: 0, count: Int(file.identity().size))
    }

    static func run(_ script: String, _ arguments: String, in folder: String) throws {
        let path = "\(folder)/script-\(UInt32.random(in: 0 ... .max)).py"
        try write(SharedBytes(script), to: path)
        guard system("cd \(folder) && \(PythonFrames.python) \(path) \(arguments)") == 0 else {
            throw Blosc2Error(.inputOutput, "the Python script failed")
        }
    }

    static func write(_ bytes: SharedBytes, to path: String) throws {
        let file = try FileDescriptor(path, .creating)
        try bytes.withBytes { try file.write($0, at: 0) }
    }
}
