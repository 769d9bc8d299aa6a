// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// What every target is compiled with: language mode 6, the upcoming features we write in, and warnings as errors.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Targets that touch C also mark every unsafe expression.
let boundarySettings = settings + [.strictMemorySafety()]

let package = Package(
    name: "bellwether",
    products: [
        .executable(name: "bellwether", targets: ["bellwether"]),
        .library(name: "BellwetherProbes", targets: ["BellwetherProbes"]),
        .library(name: "Resilience", targets: ["Resilience"]),
        .library(name: "ResilienceFileStore", targets: ["ResilienceFileStore"]),
        .library(name: "ResilienceMetrics", targets: ["ResilienceMetrics"]),
        .library(name: "ResilienceTestKit", targets: ["ResilienceTestKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    ],
    targets: pureLayer + libraryAdapters + boundaryLayer + composition + besides
)

/// The standard library and `Synchronization` only: no I/O, no Foundation.
var pureLayer: [Target] {
    [
        .target(name: "Resilience", swiftSettings: settings),
        .target(name: "ResilienceTestKit", dependencies: ["Resilience"], swiftSettings: settings),
        .target(name: "HealthModel", swiftSettings: settings + hot),
        .target(name: "ProbeSchedule", dependencies: ["HealthModel"], swiftSettings: settings + hot),
        .target(name: "Assessment", dependencies: ["HealthModel", "Resilience"], swiftSettings: settings + hot),
        .target(
            name: "ProbeConfig",
            dependencies: ["HealthModel", "PatternMatching", "YAMLEvents"],
            swiftSettings: settings
        ),
        .target(
            name: "PeerImport",
            dependencies: ["HealthModel", "ProbeConfig", "YAMLEvents"],
            swiftSettings: settings
        ),
        .target(name: "Exposition", dependencies: ["HealthModel"], swiftSettings: settings),
    ]
}

/// What joins `Resilience` to the outside; users of the library take them one by one.
var libraryAdapters: [Target] {
    [
        .target(name: "ResilienceFileStore", dependencies: ["Resilience"], swiftSettings: boundarySettings),
        .target(
            name: "ResilienceMetrics",
            dependencies: ["Resilience", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings
        ),
    ]
}

/// C libraries, the kernel and the network.
var boundaryLayer: [Target] {
    [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CLinux"),
        .target(name: "YAMLEvents", dependencies: ["CLibYAML"], swiftSettings: boundarySettings),
        .target(name: "PatternMatching", dependencies: ["CPCRE2"], swiftSettings: boundarySettings),
        .target(name: "LinuxRuntime", dependencies: ["CLinux", "HealthModel"], swiftSettings: boundarySettings + hot),
        .target(
            name: "TransportSecurity",
            dependencies: ["COpenSSL", "HealthModel", "LinuxRuntime"],
            swiftSettings: boundarySettings
        ),
        .target(
            name: "CurlTransport",
            dependencies: ["CCurl", "COpenSSL", "HealthModel", "LinuxRuntime", "TransportSecurity"],
            swiftSettings: boundarySettings
        ),
        .target(
            name: "SocketTransport",
            dependencies: ["CNghttp2", "COpenSSL", "HealthModel", "LinuxRuntime", "TransportSecurity"],
            swiftSettings: boundarySettings + hot + opened
        ),
        .target(
            name: "Probers",
            dependencies: [
                "HealthModel", "LinuxRuntime", "PatternMatching", "SocketTransport", "TransportSecurity",
            ],
            swiftSettings: boundarySettings + hot
        ),
        .target(
            name: "StateStore",
            dependencies: ["CLinux", "CSQLite", "HealthModel"],
            swiftSettings: boundarySettings
        ),
        .target(
            name: "HealthServer",
            dependencies: [
                "Exposition", "HealthModel",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: boundarySettings
        ),
    ]
}

/// What joins the layers, and the command line.
var composition: [Target] {
    [
        .target(
            name: "Agent",
            dependencies: [
                "Assessment", "CurlTransport", "Exposition", "HealthModel", "HealthServer", "LinuxRuntime",
                "PeerImport", "ProbeConfig",
                "ProbeSchedule", "Probers", "Resilience", "SocketTransport", "StateStore",
                "TransportSecurity",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings + hot
        ),
        .executableTarget(
            name: "bellwether",
            dependencies: ["CommandLineTool"],
            swiftSettings: settings
        ),
        .target(
            name: "CommandLineTool",
            dependencies: ["Agent", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings
        ),
        .target(
            name: "BellwetherProbes",
            dependencies: ["Agent", "CommandLineTool", "HealthModel", "ProbeConfig"],
            swiftSettings: settings
        ),
    ]
}

/// What is built besides the product: the tests, or what `make fuzz` and `make bench-regress` ask for instead of them.
var besides: [Target] {
    switch Context.environment["BELLWETHER_BUILDS"] {
    case "fuzzer": [fuzzer]
    case "hot-paths": hotPaths
    default: tests
    }
}

/// Finds bytes that break the readers of what others send; libFuzzer brings the entry point.
var fuzzer: Target {
    .executableTarget(
        name: "FuzzTests",
        dependencies: ["HealthModel", "LinuxRuntime", "Probers", "SocketTransport", "YAMLEvents"],
        path: "Tests/FuzzTests",
        exclude: ["Corpus", "CorpusTests.swift", "Dictionaries", "fuzz"],
        swiftSettings: settings
    )
}

/// Fast code, for what every probe passes through, where all else is built small.
///
/// `packaging/build` does so; of what it and this say, the frontend takes what comes last.
var hot: [SwiftSetting] {
    ["package", "hot-paths"].contains(Context.environment["BELLWETHER_BUILDS"])
        ? [.unsafeFlags(["-Xfrontend", "-O"])] : []
}

/// What lets the hot paths see inside a target; it costs the optimisations that rest on nobody else seeing it.
var opened: [SwiftSetting] {
    Context.environment["BELLWETHER_BUILDS"] == "hot-paths" ? [.unsafeFlags(["-enable-testing"])] : []
}

/// Does what the agent does for every probe, to have its instructions counted.
///
/// It compiles the pipeline itself, because the rest of the agent takes minutes.
var hotPaths: [Target] {
    [
        .target(name: "CMeasurement", path: "Benchmarks/Sources/CMeasurement"),
        .executableTarget(
            name: "HotPaths",
            dependencies: [
                "Assessment", "CMeasurement", "HealthModel", "LinuxRuntime", "ProbeSchedule", "Resilience",
                "SocketTransport", "StateStore",
            ],
            path: "Benchmarks/Sources/HotPaths",
            swiftSettings: settings + hot
        ),
    ]
}

/// One test target for each target; the end-to-end tests start the built binary.
var tests: [Target] {
    [
        .target(
            name: "SimulatedSystem",
            dependencies: ["HealthModel", "LinuxRuntime", "StateStore"],
            path: "Tests/SimulatedSystem",
            swiftSettings: settings
        ),
        .target(
            name: "HTTPTestSupport",
            dependencies: [
                "COpenSSL", "CurlTransport", "HealthModel", "LinuxRuntime", "SocketTransport", "TransportSecurity",
            ],
            path: "Tests/HTTPTestSupport",
            exclude: ["Certificates", "Servers"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ResilienceTests",
            dependencies: ["Resilience", "ResilienceTestKit"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ResilienceFileStoreTests",
            dependencies: ["Resilience", "ResilienceFileStore", "ResilienceTestKit"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ResilienceMetricsTests",
            dependencies: [
                "Resilience", "ResilienceMetrics", "ResilienceTestKit",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ProbeScheduleTests",
            dependencies: ["HealthModel", "ProbeSchedule"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AssessmentTests",
            dependencies: ["Assessment", "HealthModel", "Resilience"],
            swiftSettings: settings
        ),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition"], swiftSettings: settings),
        .testTarget(name: "PatternMatchingTests", dependencies: ["PatternMatching"], swiftSettings: settings),
        .testTarget(name: "HealthModelTests", dependencies: ["HealthModel"], swiftSettings: settings),
        .testTarget(name: "YAMLEventsTests", dependencies: ["YAMLEvents"], swiftSettings: settings),
        .testTarget(
            name: "ProbeConfigTests",
            dependencies: ["HealthModel", "ProbeConfig", "YAMLEvents"],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PeerImportTests",
            dependencies: ["HealthModel", "PeerImport", "ProbeConfig"],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SimulatedSystemTests",
            dependencies: ["HealthModel", "LinuxRuntime", "Probers", "SimulatedSystem", "SocketTransport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LinuxRuntimeTests",
            dependencies: ["HealthModel", "LinuxRuntime", "SimulatedSystem"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SocketTransportTests",
            dependencies: [
                "CurlTransport", "HealthModel", "HTTPTestSupport", "LinuxRuntime", "SimulatedSystem", "SocketTransport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TransportSecurityTests",
            dependencies: ["COpenSSL", "HealthModel", "HTTPTestSupport", "TransportSecurity"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CurlTransportTests",
            dependencies: ["CCurl", "COpenSSL", "CurlTransport", "HealthModel", "HTTPTestSupport", "LinuxRuntime"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ProbersTests",
            dependencies: [
                "CurlTransport", "HealthModel", "HTTPTestSupport", "LinuxRuntime", "Probers", "SimulatedSystem",
                "PatternMatching", "TransportSecurity",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HealthServerTests",
            dependencies: [
                "HealthServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Assessment", "Exposition", "HealthModel", "LinuxRuntime", "ProbeSchedule", "Probers",
                "SimulatedSystem", "StateStore", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BellwetherProbesTests",
            dependencies: [
                "Agent", "BellwetherProbes", "HealthModel", "LinuxRuntime", "ProbeConfig", "Probers", "SimulatedSystem",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "HealthModel", "HTTPTestSupport", "LinuxRuntime", "Probers", "SocketTransport", "YAMLEvents",
            ],
            exclude: ["Corpus", "Dictionaries", "LibFuzzer", "fuzz"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "StateWriterProcess",
            dependencies: ["HealthModel", "StateStore"],
            path: "Tests/StateWriterProcess",
            swiftSettings: settings
        ),
        .testTarget(
            name: "StateStoreTests",
            dependencies: ["HealthModel", "StateStore", "StateWriterProcess"],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["HTTPTestSupport", "bellwether"],
            exclude: ["Clients"],
            swiftSettings: settings
        ),
    ]
}
