internal import CSystem
internal import Glibc

/// The two ends of a pipe, which no child inherits unless it is told to.
package struct Pipe: Sendable {
    package let reading: Int32
    package let writing: Int32

    package init() throws(SystemError) {
        var ends: (Int32, Int32) = (-1, -1)
        let code = withUnsafeMutableBytes(of: &ends) {
            csystem_pipe($0.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard code == 0 else { throw SystemError("create a pipe") }
        (reading, writing) = ends
    }
}
