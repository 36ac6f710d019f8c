import Platform
import Testing

@Suite("Values of options")
struct OptionValueTests {
    @Test(
        "a service's URL may be written shortly",
        arguments: [
            ("http://localhost:8000", "http://localhost:8000"), ("localhost:8000/", "http://localhost:8000"),
            ("http://host", "http://host"), ("HTTPS://host/base//", "https://host/base"),
            ("[::1]:8002", "http://[::1]:8002"), ("http://[::1]", "http://[::1]"),
            ("http://10.0.0.1:80/a/b/", "http://10.0.0.1:80/a/b"),
        ])
    func serviceURLs(_ text: String, _ expected: String) throws {
        let url = try OptionValue.serviceURL(text)
        #expect(url == expected)
    }

    @Test(
        "what is not a service's URL is refused",
        arguments: [
            "", "localhost", "http://", "http:///x", "ftp://host:1", "http://host:0", "http://host:70000", "host:+80",
            "http://a b:1", "http://host:1/?x=1", "http://user@host:1", "http://host:", "http://[]:80", "host:1\n",
        ])
    func notURLs(_ text: String) { #expect(throws: UsageError.self) { try OptionValue.serviceURL(text) } }

    @Test(
        "a service's URL may have a name and a password where that is said",
        arguments: [
            ("http://me:pass@host:8000", "http://me:pass@host:8000"), ("me:p%40@host:1/", "http://me:p%40@host:1"),
            ("HTTPS://me@host/base/", "https://me@host/base"), ("http://host:1", "http://host:1"),
        ])
    func loginURLs(_ text: String, _ expected: String) throws {
        let url = try OptionValue.serviceURLWithLogin(text)
        #expect(url == expected)
    }

    @Test(
        "a bad one is refused without repeating the password",
        arguments: ["http://@host:1", "http://:secret@host:1", "http://me:sec ret@host:1", "http://me:sec@ret@host:1"])
    func badLoginURLs(_ text: String) {
        let error = #expect(throws: UsageError.self) { try OptionValue.serviceURLWithLogin(text) }
        #expect(error?.description.contains("sec") == false)
    }

    @Test(
        "bytes have suffixes of powers of 1024",
        arguments: [
            ("0", 0), ("4096", 4096), ("64KiB", 65536), ("2G", 2 << 30), ("1m", 1 << 20), ("3tib", 3 << 40), ("7B", 7),
        ])
    func bytes(_ text: String, _ expected: Int64) throws {
        let value = try OptionValue.bytes()(text)
        #expect(value == expected)
    }

    @Test(
        "what is not a number of bytes is refused",
        arguments: ["", "K", "1.5G", "-1", "9999999999G", "1iB", "1 K", "1KiBx"])
    func notBytes(_ text: String) { #expect(throws: UsageError.self) { try OptionValue.bytes()(text) } }

    @Test(
        "endpoints are strict",
        arguments: ["", ":80", "host", "host:", "host:65536", "host:+1", "::1:80", "ho st:1", "a/b:1"])
    func notEndpoints(_ text: String) { #expect(Endpoint(text) == nil) }

    @Test("a state folder follows the specification of base directories")
    func stateFolder() {
        let standard = { StateFolder.standard(role: "broker", environment: $0) }
        #expect(standard(["XDG_STATE_HOME": "/x", "HOME": "/h"]) == "/x/bpubsub/broker")
        #expect(standard(["XDG_STATE_HOME": "x", "HOME": "/h"]) == "/h/.local/state/bpubsub/broker")
        #expect(standard([:]) == "/var/lib/bpubsub/broker")
        // The root is no home, and a link of systemd's comes before all.
        #expect(standard(["HOME": "/"]) == "/var/lib/bpubsub/broker")
        #expect(standard(["HOME": "//"]) == "/var/lib/bpubsub/broker")
        #expect(standard(["XDG_STATE_HOME": "/"]) == "/bpubsub/broker")
        #expect(standard(["STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "HOME": "/h"]) == "/var/lib/a/broker")
        #expect(standard(["STATE_DIRECTORY": "a", "HOME": "/h/"]) == "/h/.local/state/bpubsub/broker")
    }

    @Test("names from elsewhere cannot move the cursor")
    func printable() {
        #expect(PrintableText.escaped("a\u{1b}[2Jb\n\u{202e}é😀") == "a\\u{1b}[2Jb\\n\\u{202e}é😀")
    }
}
