import Catalogue
import Testing

@testable import SubscriberService

@Suite struct SortedPathsTests {
    /// Names that look alike, differ in their bytes, or are folders of one another.
    static func path(_ number: UInt64) throws -> DatasetPath {
        let folders = ["a", "a-b", "a/b", "é", "e\u{301}", "Z", "a/b/c"]
        return try DatasetPath("group\(number % 3)/\(folders[Int(number / 3 % 7)])/\(number % 1999)")
    }

    @Test func isWhatSortingGives() throws {
        var random = SystemRandomNumberGenerator()
        var sorted = SortedPaths(), expected: Set<DatasetPath> = []
        for round in 0..<3000 {
            let path = try Self.path(random.next())
            if expected.contains(path), round % 2 == 0 {
                expected.remove(path)
                sorted.remove(path)
            } else if expected.insert(path).inserted {
                sorted.insert(path)
            }
        }
        #expect(Array(sorted) == expected.sorted())
        #expect(sorted.count == expected.count)
        for path in expected { sorted.remove(path) }
        #expect(sorted.isEmpty && sorted.startIndex == sorted.endIndex)
    }

    /// What a name that does not exist is compared with, however many there are.
    @Test func neighboursAreFewAndNear() throws {
        var sorted = SortedPaths()
        for number in 0..<20_000 { sorted.insert(try DatasetPath("foo/dir\(number / 1000)/\(number % 1000)")) }
        let folder = sorted.range(of: "foo/dir7/")
        let found = sorted.around("foo/dir7/50x", in: folder, limit: 10).map(\.text)
        #expect(found.count == 10 && Set(found).count == 10)
        #expect(found.allSatisfy { $0.hasPrefix("foo/dir7/5") || $0.hasPrefix("foo/dir7/51") })
        #expect(found.contains("foo/dir7/509") && found.contains("foo/dir7/51"))
        for name in ["a", "foo/dir7", "zzz"] {
            let edge = sorted.around(name, in: folder, limit: 10)
            #expect(edge.allSatisfy { $0.text.hasPrefix("foo/dir7/") } && (5...10).contains(edge.count), "\(name)")
        }
        #expect(sorted.around("x", in: sorted.startIndex..<sorted.startIndex, limit: 10).isEmpty)
    }

    @Test("what begins so goes on one level deep, whatever is in the folders") func completions() throws {
        var sorted = SortedPaths()
        for number in 0..<100_000 { sorted.insert(try DatasetPath("foo/many/\(number)")) }
        for name in ["bar/x", "foo/a.txt", "foo/a/b", "foo/a/c/d", "foo/\u{e9}/x", "foo/e\u{301}/x", "fox/y"] {
            sorted.insert(try DatasetPath(name))
        }
        func found(_ text: String, _ limit: Int = 1000) -> [ExactText] {
            sorted.completions(of: text, limit: limit).map { ExactText($0) }
        }
        #expect(found("") == ["bar/", "foo/", "fox/"])
        #expect(found("fo") == ["foo/", "fox/"])
        #expect(found("foo/a") == ["foo/a.txt", "foo/a/"])
        #expect(found("foo/a/") == ["foo/a/b", "foo/a/c/"])
        #expect(found("foo/") == ["foo/a.txt", "foo/a/", "foo/e\u{301}/", "foo/many/", "foo/\u{e9}/"])
        #expect(found("foo/many/").count == 1000 && found("foo/many/9999").count == 11)
        #expect(found("nothing").isEmpty && found("foo/a.txt/").isEmpty)
    }

    @Test func aCopyStaysAsItWas() throws {
        var sorted = SortedPaths()
        for number in 0..<2000 { sorted.insert(try Self.path(UInt64(number))) }
        let copy = sorted, names = Array(sorted)
        for path in names.prefix(700) { sorted.remove(path) }
        sorted.insert(try DatasetPath("new/one"))
        #expect(Array(copy) == names)
        #expect(sorted.count == names.count - 699)
    }

    @Test func aFolderIsWhatBeginsWithIt() throws {
        var sorted = SortedPaths()
        for number in 0..<1500 { sorted.insert(try Self.path(UInt64(number) &* 7)) }
        for prefix in ["group0/", "group1/a/", "group1/a", "group2/é/", "group9/", "", "zzz"] {
            let range = sorted.range(of: prefix)
            let expected = sorted.filter { $0.text.utf8.starts(with: prefix.utf8) }
            #expect(Array(sorted[range]) == expected, "\(prefix)")
            #expect(sorted.distance(from: range.lowerBound, to: range.upperBound) == expected.count)
        }
        let (folders, datasets) = sorted.children(of: "group1/a/")
        #expect(folders.map(\.name) == ["b"])
        #expect(datasets.allSatisfy { sorted[$0].text.utf8.filter { $0 == UInt8(ascii: "/") }.count == 2 })
        #expect(folders[0].count == sorted.count { $0.text.hasPrefix("group1/a/b/") })
    }

    @Test func walksBothWays() throws {
        var sorted = SortedPaths()
        for number in 0..<1500 { sorted.insert(try Self.path(UInt64(number))) }
        #expect(Array(sorted.reversed()) == Array(sorted).reversed())
        let names = Array(sorted), middle = sorted.index(sorted.startIndex, offsetBy: 700)
        for step in [0, 1, 511, 512, 513, names.count - 700, names.count - 699, 5000] {
            let place = sorted.index(middle, offsetBy: step, limitedBy: sorted.endIndex)
            #expect(
                place.map { sorted.distance(from: sorted.startIndex, to: $0) }
                    == (700 + step <= names.count ? 700 + step : nil))
        }
    }
}
