// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "resilience-benchmarks",
    dependencies: [
        .package(name: "bellwether", path: "..")
    ],
    targets: [
        .target(name: "CMeasurement"),
        .executableTarget(
            name: "resilience-benchmarks",
            dependencies: ["CMeasurement", .product(name: "Resilience", package: "bellwether")],
            path: "Sources/ResilienceBenchmarks",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .treatAllWarnings(as: .error),
            ]
        ),
    ]
)
