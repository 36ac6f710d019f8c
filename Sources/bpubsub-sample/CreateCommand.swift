import Arrays
import Blosc2
import Platform

/// `create PATH --shape …`: an array of noise, which is nearly incompressible, as measured data is.
struct CreateCommand {
    private let path: String
    private let description: ArrayDescription
    private let seed: UInt64

    init(_ arguments: [String]) throws {
        var path: String?
        var options: [Substring: String] = ["dtype": "f4", "level": "1", "seed": "1"]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                guard path == nil else { throw UsageError("create takes one path; '\(argument)' is a second one") }
                path = argument
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1)
            guard let name = parts.first, ["shape", "chunks", "blocks", "dtype", "level", "seed"].contains(name) else {
                throw UsageError("create has no option '\(argument)'")
            }
            guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
                throw UsageError("--\(name) needs a value")
            }
            options[name] = value
        }
        guard let path else { throw UsageError("create needs a path") }
        guard let shape = try Self.sizes(options, "shape") else { throw UsageError("create needs --shape") }
        let code = options["dtype", default: ""]
        let dtype = "<|".contains(code.first ?? " ") ? code : (code.hasSuffix("1") ? "|" : "<") + code
        let itemSize = NumpyType.itemSize(of: dtype) ?? 1
        let chunks = try Self.sizes(options, "chunks") ?? Self.chunks(shape, itemSize: itemSize)
        var description = ArrayDescription(
            shape: shape.map(Int64.init), chunks: chunks, blocks: try Self.sizes(options, "blocks"), dtype: dtype)
        guard let level = Int(options["level", default: ""]), (0...9).contains(level) else {
            throw UsageError("--level is a number from 0 to 9")
        }
        guard let seed = UInt64(options["seed", default: ""]) else { throw UsageError("--seed is a number") }
        description.compressionLevel = level
        description.threads = 2
        self.path = path
        self.description = description
        self.seed = seed
    }

    func run() throws {
        // SplitMix64: a row's noise depends on the seed and on where it is, not on how the array is cut.
        var state = seed
        try ArrayFile.create(path, description) { _, span in
            while span.freeCapacity > 0 {
                state &+= 0x9e37_79b9_7f4a_7c15
                var value = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
                value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
                Self.append(value ^ (value >> 31), description.dtype, to: &span)
            }
        }
    }

    /// Eight bytes of noise, or fewer at the end; as floats, between 1 and 2.
    private static func append(_ noise: UInt64, _ dtype: String, to span: inout OutputRawSpan) {
        let value =
            switch dtype {
            case "<f4": noise & 0x007f_ffff_007f_ffff | 0x3f80_0000_3f80_0000
            case "<f8": noise & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000
            default: noise
            }
        for place in 0..<min(8, span.freeCapacity) {
            span.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place)), as: UInt8.self)
        }
    }

    private static func sizes(_ options: [Substring: String], _ name: Substring) throws -> [Int]? {
        guard let text = options[name] else { return nil }
        let sizes = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard sizes.count == text.count(where: { $0 == "," }) + 1 else {
            throw UsageError("--\(name) is a list of numbers, as 1000,200; not '\(text)'")
        }
        return sizes
    }

    /// About 1 MiB, cut along the first dimension first.
    private static func chunks(_ shape: [Int], itemSize: Int) -> [Int] {
        var chunks = shape.map { max($0, 1) }
        for axis in chunks.indices {
            let others = chunks.enumerated().reduce(Double(itemSize)) {
                $0 * ($1.offset == axis ? 1 : Double($1.element))
            }
            chunks[axis] = min(chunks[axis], max(1, Int(Double(1 << 20) / others)))
        }
        return chunks
    }
}
