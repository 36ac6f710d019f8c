import Testing

@testable import HTTP

@Suite
struct EnvironmentProxyTests {
    private let web = Origin(scheme: "http", host: "arrays.example.org", port: 8002)

    @Test
    func anErrorCanNameTheProxy() {
        let proxy = EnvironmentProxy(for: web) { ["http_proxy": "http://me:secret@proxy:3128"][$0] }
        #expect(proxy?.description == "http://proxy:3128, as http_proxy in the environment says")
    }

    @Test(arguments: ["*", "example.org", ".example.org", "other, arrays.example.org", "ARRAYS.EXAMPLE.ORG"])
    func exceptionsAreNotAskedThroughIt(exceptions: String) {
        let environment = ["http_proxy": "proxy:3128", "no_proxy": exceptions]
        #expect(EnvironmentProxy(for: web) { environment[$0] } == nil)
    }

    @Test(arguments: ["", "ample.org", "example.com", "org.example"])
    func othersAre(exceptions: String) {
        let environment = ["all_proxy": "proxy:3128", "NO_PROXY": exceptions]
        #expect(EnvironmentProxy(for: web) { environment[$0] }?.address == "http://proxy:3128")
    }

    @Test
    func eachSchemeHasItsOwn() {
        let environment = ["HTTP_PROXY": "never", "HTTPS_PROXY": "secure:1"]
        #expect(EnvironmentProxy(for: web) { environment[$0] } == nil)
        let secure = Origin(scheme: "https", host: "h", port: 443)
        #expect(EnvironmentProxy(for: secure) { environment[$0] }?.variable == "HTTPS_PROXY")
    }
}
