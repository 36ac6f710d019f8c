// swift-tools-version: 6.3
import PackageDescription

// `scripts/setup.sh` puts C-Blosc2 there (Debian has no package of it); the other C libraries come from pkg-config.
let blosc2 = Context.packageDirectory + "/.deps/blosc2"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-Xcc", "-I\(blosc2)/include"]),
]

/// Modules are optimised in debug builds as well: the whole suite takes two thirds of the time, and every check of
/// arithmetic and of bounds is still there. Only `assert` is not, which nothing here uses. For a debugger:
/// `swift build -Xswiftc -Onone`.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// A Swift module; `isWrapper` for those that may use unsafe pointers, because a C library or the system is beneath.
func module(_ name: String, _ dependencies: [Target.Dependency], isWrapper: Bool = false) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: strict + optimised + (isWrapper ? [] : [.strictMemorySafety()]))
}

func system(_ name: String, _ pkgConfig: String?, _ package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies + ["Platform"], swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        swiftSettings: strict)
}

let package = Package(
    name: "bpubsub",
    targets: [
        system("CBlosc2", nil, "libblosc2-dev"),
        system("CMicroHTTPD", "libmicrohttpd", "libmicrohttpd-dev"),
        system("CCurl", "libcurl", "libcurl4-openssl-dev"),
        system("CSQLite", "sqlite3", "libsqlite3-dev"),
        system("COpenSSL", "libcrypto", "libssl-dev"),
        system("CZlib", "zlib", "zlib1g-dev"),
        system("CMessagePack", "msgpack", "libmsgpack-dev"),
        .target(name: "CSystem", path: "Sources/CSystem"),
        .target(
            name: "CPage", path: "Sources/CPage", exclude: ["page"],
            cSettings: [.unsafeFlags(["-std=c23", "-Wno-c23-extensions"])]),

        module("Platform", ["CSystem"], isWrapper: true),
        module("Metrics", ["Platform"]),
        module("Digests", ["COpenSSL"], isWrapper: true),
        module("Arrays", ["Platform"], isWrapper: true),
        .target(
            name: "Blosc2", dependencies: ["Arrays", "CBlosc2", "CMessagePack", "Platform"],
            swiftSettings: strict + optimised,
            linkerSettings: [
                .unsafeFlags(["-L\(blosc2)/lib"]), .linkedLibrary("blosc2"), .linkedLibrary("m"), .linkedLibrary("dl"),
            ]),
        module("HTTP", ["CMicroHTTPD", "CCurl", "CZlib", "CSystem", "Metrics", "Platform"], isWrapper: true),
        module("Storage", ["CSQLite", "Platform"], isWrapper: true),
        module("Catalogue", ["Digests", "Platform"], isWrapper: true),
        module("Page", ["CPage", "Digests", "HTTP", "Platform"], isWrapper: true),
        module("Versions", ["Catalogue", "Arrays", "Blosc2", "Digests", "Platform"], isWrapper: true),
        module("Wire", ["Versions", "Catalogue", "HTTP", "Platform"]),
        module("BrokerService", ["Wire", "Catalogue", "HTTP", "Storage", "Metrics", "Digests", "Platform"]),
        module(
            "PublisherService",
            ["Wire", "Versions", "Catalogue", "HTTP", "Storage", "Arrays", "Blosc2", "Metrics", "Digests", "Platform"]),
        module(
            "SubscriberService",
            [
                "Wire", "Page", "Versions", "Catalogue", "HTTP", "Storage", "Arrays", "Blosc2", "Metrics", "Digests",
                "Platform",
            ]),
        module("Client", ["Wire", "Versions", "Catalogue", "HTTP", "Arrays", "Blosc2", "Digests", "Platform"]),
        module("TestSupport", ["Platform"], isWrapper: true),

        program("bpubsub", ["Client"]),
        program("bpubsub-broker", ["BrokerService"]),
        program("bpubsub-publisher", ["PublisherService"]),
        program("bpubsub-subscriber", ["SubscriberService"]),
        program("bpubsub-sample", ["Arrays", "Blosc2"]),
        .executableTarget(
            name: "bpubsub-microbenchmarks",
            dependencies: ["Arrays", "Blosc2", "Catalogue", "Digests", "Platform", "SubscriberService", "Versions"],
            path: "Benchmarks/Micro", swiftSettings: strict),

        tests("Platform"),
        tests("Metrics", ["Platform"]),
        tests("Digests"),
        tests("Arrays", ["Platform"]),
        tests("Blosc2", ["Arrays", "Platform"]),
        tests("HTTP", ["CZlib", "Metrics", "Platform"]),
        tests("Storage"),
        tests("Catalogue", ["Digests", "Platform"]),
        tests("Versions", ["Catalogue", "Arrays", "Blosc2", "Digests", "Platform"]),
        tests("Wire", ["Versions", "Catalogue", "HTTP", "Platform"]),
        tests("BrokerService", ["Wire", "Catalogue", "HTTP", "Storage", "Digests", "Platform"]),
        tests(
            "PublisherService",
            [
                "Wire", "Versions", "Catalogue", "HTTP", "Storage", "Arrays", "Blosc2", "Digests", "Platform",
                "BrokerService",
            ]),
        tests(
            "SubscriberService",
            [
                "Wire", "Versions", "Catalogue", "HTTP", "Storage", "Arrays", "Blosc2", "Digests", "Platform",
                "BrokerService", "PublisherService",
            ]),
        tests("Client", ["Wire", "Catalogue", "HTTP", "Digests", "Platform"]),
        .testTarget(
            name: "SystemTests", dependencies: ["TestSupport", "Catalogue", "HTTP", "Platform"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
