internal import Glibc
public import Platform

/// Random arrays that python-blosc2 wrote, random slices of them, and what NumPy says these are.
public struct SliceCases: Sendable {
    public struct Case: Sendable {
        public let file: String
        /// `slice` or `indices`.
        public let kind: String
        public let text: String
        public let field: String?
        public let shape: [Int]
        public let dtype: String
        /// Of ``SliceCases/expected``.
        public let bytes: Range<Int>
    }

    public let folder: String
    public let cases: [Case]
    public let expected: SharedBytes

    /// - Parameter folder: where they are made.
    public init(in folder: String, count: Int, seed: Int) throws {
        self.folder = folder
        try TestPython.run(sliceCasesScript, "\(seed) \(count) 2>skipped", in: folder)
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

    public func isExpected(_ one: Case, _ bytes: SharedBytes) -> Bool {
        guard bytes.count == one.bytes.count else { return false }
        return withExtendedLifetime((bytes, expected)) {
            bytes.count == 0
                || memcmp(bytes.pointer.baseAddress!, expected.pointer.baseAddress! + one.bytes.lowerBound, bytes.count)
                    == 0
        }
    }

    public static func read(_ path: String) throws -> SharedBytes {
        let file = try FileDescriptor(path)
        return try file.read(at: 0, count: Int(file.identity().size))
    }

    public static func write(_ bytes: SharedBytes, to path: String) throws {
        let file = try FileDescriptor(path, .creating)
        try bytes.withBytes { try file.write($0, at: 0) }
    }
}
