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
        .library(name: "Resilience", targets: ["Resilience"]),
        .library(name: "ResilienceTestKit", targets: ["ResilienceTestKit"]),
    ],
    targets: [
        .target(name: "Resilience", swiftSettings: settings),
        .target(name: "ResilienceTestKit", dependencies: ["Resilience"], swiftSettings: settings),
        .target(name: "HealthModel", swiftSettings: settings),
        .target(name: "CLinux"),
        .target(name: "LinuxRuntime", dependencies: ["CLinux", "HealthModel"], swiftSettings: boundarySettings),
        .target(name: "Probers", dependencies: ["HealthModel", "LinuxRuntime"], swiftSettings: boundarySettings),
        .testTarget(
            name: "LinuxRuntimeTests",
            dependencies: ["HealthModel", "LinuxRuntime"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ResilienceTests",
            dependencies: ["Resilience", "ResilienceTestKit"],
            swiftSettings: settings
        ),
    ]
)
