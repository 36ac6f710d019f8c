import HTTP
import Platform
import TestSupport
import Testing

@Suite(.patient)
struct ClientCancellationTests {
    @Test
    func aSilentTransferEndsAtOnce() async throws {
        let (begun, ended) = (Event(), Event())
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            begun.happen()
            connection.waitForEnd()
            ended.happen()
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(idleTimeout: Patience.limit))
            let task = Task { await codeThrown { try await client.send(.init(url: server.url)) } }
            await begun.wait()
            // The server sends no end, and no time limit is near: only the cancellation ends it.
            task.cancel()
            #expect(await task.value == .cancelled)
            await ended.wait()
        }
    }

    @Test
    func aFastTransferEndsAtOnceAndNoCallbackFollows() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 65, count: 100_000)) {}
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(idleTimeout: Patience.limit))
            let (begun, returned, late) = (Event(), Flag(), Flag())
            let task = Task {
                await codeThrown {
                    _ = try await client.receive(.init(url: server.url)) { _ in
                    } onBytes: { _ in
                        begun.happen()
                        if returned.isSet { late.set() }
                    }
                }
            }
            await begun.wait()
            // The server sends no end, and no time limit is near: only the cancellation ends it.
            task.cancel()
            #expect(await task.value == .cancelled)
            returned.set()
            // The thread and its transport are whole after that.
            let next = await codeThrown { try await client.send(.init(url: server.url), limit: 1000) }
            #expect(next == .tooLarge)
            #expect(!late.isSet)
        }
    }

    @Test
    func aTransferThatWaitsForItsTurnEndsAtOnce() async throws {
        let begun = Event()
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            begun.happen()
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(maxConcurrent: 1))
            let first = Task { await codeThrown { try await client.send(.init(url: server.url)) } }
            await begun.wait()
            let others = (0..<10).map { _ in
                Task { await codeThrown { try await client.send(.init(url: server.url)) } }
            }
            for task in others { task.cancel() }
            for task in others { #expect(await task.value == .cancelled) }
            #expect(server.accepted == 1)
            first.cancel()
            #expect(await first.value == .cancelled)
        }
    }

    @Test
    func aCancelledTaskSendsNothing() async throws {
        try await ScriptedServer.run({ _ in }) { server async throws in
            let client = HTTPClient(.init(idleTimeout: Patience.limit))
            let go = Event()
            let task = Task {
                await go.wait()
                return await codeThrown { try await client.send(.init(url: server.url)) }
            }
            task.cancel()
            go.happen()
            #expect(await task.value == .cancelled)
            #expect(server.accepted == 0)
        }
    }

    @Test
    func aFeedEndsAtOnce() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.chunk("line\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(idleTimeout: Patience.limit))
            let begun = Event()
            let task = Task {
                await codeThrown {
                    try await client.lines(.init(url: server.url)) { _ in
                    } onLine: { _ in
                        begun.happen()
                    }
                }
            }
            await begun.wait()
            // The server sends no end, and no time limit is near: only the cancellation ends it.
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }

    @Test
    func cancellingAtAnyMomentHarmsNothing() async throws {
        let script: ScriptedServer.Script = { connection in
            while connection.request() != nil { connection.answer("hello") }
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(maxConcurrent: 3))
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let task = Task { try await client.send(.init(url: server.url)).text }
                        for _ in 0..<index % 17 { await Task.yield() }
                        task.cancel()
                        switch await task.result {
                        case .success(let text): #expect(text == "hello")
                        case .failure(let error): #expect((error as? HTTPError)?.code == .cancelled)
                        }
                    }
                }
            }
            #expect(try await client.send(.init(url: server.url)).text == "hello")
        }
    }
}
