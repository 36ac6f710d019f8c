import TestSupport
import Testing

/// Arithmetic that ends a program when a number from outside is large, and JSON that is read without limits, do not come
/// back.
@Suite struct ArithmeticRulesTests {
    @Test(.patient) func numbersFromOutsideAreComputedWithSafely() async throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        try await ChildProcess.with("/\(root)/scripts/check-arithmetic.sh") { check in
            let exit = try await check.exit()
            #expect(exit == .exited(0), "\(check.transcript)")
        }
    }
}
