// Measures single operations, without servers: digests, plans, reading, the index, the feed. Allocations are counted from
// outside, by two runs that differ in COUNT (../micro.py).
//
//     bpubsub-microbenchmarks FILE                 names the benchmarks, with what each works on
//     bpubsub-microbenchmarks FILE NAME COUNT      runs one; prints nanoseconds per operation

func run(_ arguments: [String]) throws {
    guard let file = arguments.first else { throw Failure("usage: bpubsub-microbenchmarks FILE [NAME COUNT]") }
    let benchmarks = Benchmark.all(file)
    guard arguments.count == 3, let count = Int(arguments[2]), count > 0 else {
        for benchmark in benchmarks { print("\(benchmark.name)\t\(benchmark.unit)") }
        return
    }
    guard let benchmark = benchmarks.first(where: { $0.name == arguments[1] }) else {
        throw Failure("there is no benchmark '\(arguments[1])'")
    }
    print(try benchmark.measure(count: count))
}

try run(Array(CommandLine.arguments.dropFirst()))
