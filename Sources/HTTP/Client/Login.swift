/// A name and a password for one server.
public struct Login: Sendable, Hashable, CustomStringConvertible {
    let origin: Origin
    let name: String
    let password: String

    /// Nothing prints the password.
    public var description: String { "a login of \(origin)" }
}

extension HTTPClient.Configuration {
    /// What is needed to talk to the service at `address`, which may contain a name and a password:
    /// `http://NAME:PASSWORD@HOST:PORT`.
    ///
    /// - Returns: the address without them, which may be shown, and the configuration of a client that sends them.
    public static func talking(to address: String) -> (url: String, configuration: HTTPClient.Configuration) {
        var configuration = HTTPClient.Configuration()
        // An address that is none is told when it is asked.
        guard let url = try? RequestURL(address), let login = url.login else { return (address, configuration) }
        configuration.login = login
        return (HTTPClient.Request(url: address).urlWithoutLogin, configuration)
    }
}
