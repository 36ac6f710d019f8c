import Platform
import TestSupport
import Testing

@Suite("Files and folders")
struct FileSystemTests {
    @Test("folders are created with those above them, twice too, but not over a file")
    func createDirectories() throws {
        try withTemporaryFolder { folder in
            try FileSystem.createDirectories("\(folder)/a/b/c")
            try FileSystem.createDirectories("\(folder)/a/b/c/")
            #expect(try FileIdentity(path: "\(folder)/a/b/c").kind == .directory)
            try FileSystem.writeAtomically("\(folder)/file", [1])
            let over = #expect(throws: SystemError.self) { try FileSystem.createDirectories("\(folder)/file") }
            #expect(over?.code == SystemError.notADirectory)
            let below = #expect(throws: SystemError.self) { try FileSystem.createDirectories("\(folder)/file/x") }
            #expect(below?.code == SystemError.notADirectory)
            #expect(below?.description.contains("\(folder)/file") == true)
        }
    }

    @Test("a listing tells kinds, and reports names that are not UTF-8")
    func list() throws {
        try withTemporaryFolder { folder in
            try FileSystem.createDirectories("\(folder)/é😀")
            try FileSystem.writeAtomically("\(folder)/a\nb", [])
            try ChildNames.createNotUTF8(in: folder)
            let listing = try FileSystem.list(folder)
            let kinds = Dictionary(uniqueKeysWithValues: listing.entries.map { ($0.name, $0.kind) })
            #expect(kinds == ["é😀": .directory, "a\nb": .regular])
            #expect(listing.unusable == ["x\u{FFFD}y"])
            let missing = #expect(throws: SystemError.self) { try FileSystem.list("\(folder)/no") }
            #expect(missing?.code == SystemError.notFound)
        }
    }

    @Test("a write is all or nothing, and leaves nothing else behind")
    func writeAtomically() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a"
            try FileSystem.writeAtomically(path, Array("old".utf8))
            try FileSystem.writeAtomically(path, Array("newer".utf8))
            #expect(try FileSystem.readAll(path, limit: 5) == Array("newer".utf8))
            #expect(throws: SystemError.self) { try FileSystem.readAll(path, limit: 4) }
            try FileSystem.createDirectories("\(folder)/d/x")
            #expect(throws: SystemError.self) { try FileSystem.writeAtomically("\(folder)/d", [1]) }
            #expect(Set(try FileSystem.list(folder).entries.map(\.name)) == ["a", "d"])
        }
    }

    @Test("a tree is removed, but not what its links lead to")
    func removeTree() throws {
        try withTemporaryFolder { folder in
            try FileSystem.createDirectories("\(folder)/tree/deep")
            try FileSystem.createDirectories("\(folder)/outside")
            try FileSystem.writeAtomically("\(folder)/outside/kept", [1])
            try FileSystem.writeAtomically("\(folder)/tree/deep/a", [1])
            try ChildNames.symbolicLink("\(folder)/outside", at: "\(folder)/tree/link")
            try FileSystem.removeTree("\(folder)/tree")
            try FileSystem.removeTree("\(folder)/tree")
            #expect(!FileSystem.exists("\(folder)/tree"))
            #expect(FileSystem.exists("\(folder)/outside/kept"))
        }
    }

    @Test("a folder has one owner at a time, and the second one hears who that is")
    func lock() throws {
        try withTemporaryFolder { folder in
            do {
                let lock = try FolderLock(folder, owner: "bpubsub-broker")
                let error = #expect(throws: FolderLockError.self) { try FolderLock(folder, owner: "other") }
                #expect(error?.description.contains("in use by bpubsub-broker (process") == true)
                _ = lock
            }
            _ = try FolderLock(folder, owner: "other")
            #expect(throws: FolderLockError.self) { try FolderLock("\(folder)/no", owner: "x") }
        }
    }

    @Test("the machine has a name") func hostName() { #expect(!FileSystem.hostName.isEmpty) }
}
