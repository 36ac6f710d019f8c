public import Platform

extension Publisher {
    public struct Configuration: Sendable {
        public var group: String
        public var folder: String
        /// The base of the broker's URLs.
        public var broker: String
        /// Port 0 takes any free one.
        public var listen: Endpoint
        /// The bases of URLs under which others reach the data, the best first; nil: derived from `listen`.
        public var advertise: [String]?
        /// The folder that keeps digests and identity; made if need be.
        public var state: String
        /// Walk the folder so often instead of counting on the kernel's notices.
        public var poll: Duration?
        /// By which readers tell groups apart.
        public var `class` = "public"
        /// How long a file that may have a writer must be quiet.
        public var settle = Duration.seconds(1)
        /// What large answers may hold in memory until they are sent.
        public var answerMemory: Int?
        /// How long what a writer that keeps its file open has written is held back; nil: sixty times `settle`.
        public var open: Duration?
        /// How long what was a frame and is not whole is waited for; a sixth for what never was one.
        public var frameLimit = Duration.seconds(30)
        /// Whether a file `X.b2` that is another file packed, as Caterva2 keeps files, is published as that file, `X`.
        public var caterva2Files = false
        public var logger = Logger("publisher")

        public init(group: String, folder: String, broker: String, listen: Endpoint, state: String) {
            self.group = group
            self.folder = folder
            self.broker = broker
            self.listen = listen
            self.state = state
        }
    }
}

extension Publisher.Configuration {
    var watching: FolderWatcher.Settings {
        var settings = FolderWatcher.Settings()
        settings.settle = settle
        settings.poll = poll
        settings.open = open ?? settle * 60
        return settings
    }

    /// Whether it stands for all addresses of this machine.
    static func isWildcard(_ host: String) -> Bool { ["0.0.0.0", "::", "*"].contains(host) }

    /// Where others find the data.
    func urls(listeningOn endpoint: Endpoint) -> [String] {
        if let advertise, !advertise.isEmpty { return advertise }
        return [
            Endpoint(host: Self.isWildcard(listen.host) ? FileSystem.hostName : listen.host, port: endpoint.port).url
        ]
    }
}
