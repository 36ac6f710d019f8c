import Arrays
internal import Glibc
import Platform
import Testing

@testable import Blosc2

@Suite struct ArrayFileTests {
    /// A folder of its own for one test.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/bpubsub-arrays-\(UInt64.random(in: 0 ... .max))"
        mkdir(folder, 0o755)
        defer { _ = system("rm -rf \(folder)") }
        try body(folder)
    }

    private func bytes(_ values: [Float]) -> SharedBytes {
        SharedBytes(values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
    }

    private func create(_ path: String, rows: Int64) throws {
        let description = ArrayDescription(shape: [rows, 4], chunks: [100, 4], blocks: [25, 4], dtype: "<f4")
        try ArrayFile.create(path, description) { rows, span in
            for row in rows {
                for column in 0..<4 {
                    let value = Float(row * 10) + Float(column) * 0.1
                    for place in 0..<4 {
                        span.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * place)), as: UInt8.self)
                    }
                }
            }
        }
    }

    private func content(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor(path)
        return try file.read(at: 0, count: Int(file.identity().size)).array
    }

    @Test("An array is made, grows by a row, and only its last chunk changes")
    func appendChangesTheLastChunk() throws {
        try withFolder { folder in
            let path = folder + "/a.b2nd"
            try create(path, rows: 950)
            let before = try content(path)
            try bytes([1, 2, 3, 4]).withBytes { try ArrayFile.append($0, to: path) }
            let after = try content(path)
            let info = try FrameInfo(MemorySource(after), FrameLayout(MemorySource(after)))
            #expect(info.array?.shape == [951, 4])
            #expect(info.array?.dtype == "<f4")
            let old = try FrameLayout(MemorySource(before)).storedRanges
            let new = try FrameLayout(MemorySource(after)).storedRanges
            #expect(old.count == 10)
            let equal = zip(old, new).count {
                before[Int($0.lowerBound)..<Int($0.upperBound)] == after[Int($1.lowerBound)..<Int($1.upperBound)]
            }
            #expect(equal == 9)
        }
    }

    @Test("What is written is what python-blosc2 reads", .enabled(if: PythonFrames.isInstalled))
    func pythonReadsWhatIsWritten() throws {
        try withFolder { folder in
            let path = folder + "/a.b2nd"
            try create(path, rows: 250)
            try bytes([1, 2, 3, 4, 5, 6, 7, 8]).withBytes { try ArrayFile.append($0, to: path) }
            try bytes([9, 9, 9, 9]).withBytes { try ArrayFile.write($0, at: 100, of: path) }
            try ArrayFile.resize(path, rows: 400)
            let check = """
                import blosc2, numpy as np, sys
                a = blosc2.open('\(path)', mode='r')[:]
                e = np.zeros((400, 4), dtype='f4')
                e[:250] = np.arange(250, dtype='f4')[:, None] * 10 + np.arange(4, dtype='f4') * np.float32(0.1)
                e[250:252] = np.arange(1, 9).reshape(2, 4)
                e[100] = 9
                sys.exit(0 if a.dtype == e.dtype and a.shape == e.shape and np.allclose(a, e) else 1)
                """
            let script = try FileDescriptor(folder + "/check.py", .creating)
            try SharedBytes(check).withBytes { try script.write($0, at: 0) }
            #expect(system("\(PythonFrames.python) \(folder)/check.py") == 0)
        }
    }

    @Test("A change that does not fit leaves the file and the folder as they were")
    func refusedChanges() throws {
        try withFolder { folder in
            let path = folder + "/a.b2nd"
            try create(path, rows: 10)
            let before = try content(path)
            #expect(throws: ArrayError.self) { try bytes([1, 2, 3]).withBytes { try ArrayFile.append($0, to: path) } }
            #expect(throws: ArrayError.self) { try bytes([]).withBytes { try ArrayFile.append($0, to: path) } }
            #expect(throws: ArrayError.self) {
                try bytes([1, 2, 3, 4]).withBytes { try ArrayFile.write($0, at: 10, of: path) }
            }
            #expect(throws: ArrayError.self) {
                try bytes([1, 2, 3, 4]).withBytes { try ArrayFile.append($0, to: folder + "/none") }
            }
            #expect(throws: ArrayError.self) {
                try ArrayFile.create(path, ArrayDescription(shape: [1], chunks: [1, 1], dtype: "<f4")) { _, _ in }
            }
            #expect(try content(path) == before)
            #expect(system("test $(ls -A \(folder) | wc -l) = 1") == 0)
        }
    }

    @Test("Arrays without data are made as others are")
    func emptyArrays() throws {
        try withFolder { folder in
            for shape: [Int64] in [[0], [0, 3], [5, 0]] {
                let path = "\(folder)/\(shape.count)-\(shape[0]).b2nd"
                let description = ArrayDescription(shape: shape, chunks: shape.map { max(Int($0), 1) }, dtype: "<i8")
                try ArrayFile.create(path, description) { _, _ in }
                #expect(try ArrayFile.describe(path).shape == shape)
            }
        }
    }

    @Test("The samples are what their description says", arguments: ["precip", "temp", "wind", "mri"])
    func samples(name: String) throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let source = try FileSource(FileDescriptor("\(root)/samples/\(name).b2nd"))
        let layout = try FrameLayout(source)
        let info = try FrameInfo(source, layout)
        let shapes: [String: [Int64]] = [
            "precip": [1461], "temp": [1461, 2], "wind": [1461], "mri": [128, 96, 24, 2],
        ]
        #expect(info.array?.shape == shapes[name])
        #expect(info.array?.numpyType == (name == "mri" ? "int16" : "float32"))
        #expect(layout.chunks.count > 3)
        #expect(info.userAttributes.contains { $0.name == "source" })
    }
}
