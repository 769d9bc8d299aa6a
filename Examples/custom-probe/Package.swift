// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "custom-probe",
    dependencies: [
        .package(name: "bellwether", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "custom-agent",
            dependencies: [.product(name: "BellwetherProbes", package: "bellwether")]
        )
    ]
)
