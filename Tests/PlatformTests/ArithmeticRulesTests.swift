import TestSupport
import Testing

/// Arithmetic that ends a program when a number from outside is large, and JSON that is read without limits, do not come
/// back.
@Suite struct ArithmeticRulesTests {
    @Test(.timeLimit(.minutes(5))) func numbersFromOutsideAreComputedWithSafely() async throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        try await ChildProcess.with("/\(root)/scripts/check-arithmetic.sh") { check in
            let exit = try await check.exit(within: .seconds(240))
            #expect(exit == .exited(0), "\(check.transcript)")
        }
    }
}
