internal import CSystem
internal import Glibc

/// Starts a detached thread and hands it one closure.
package func startThread(name: String, _ body: @Sendable @escaping () -> Void) {
    final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @Sendable @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }
    let context = Unmanaged.passRetained(Start(name, body)).toOpaque()
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { context in
            let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
            csystem_name_thread(start.name)
            start.body()
            return nil
        }, context)
    precondition(code == 0, "pthread_create failed: \(code)")
    pthread_detach(thread)
}
