// SPDX-License-Identifier: Apache-2.0

/// The three questions that load balancers and kubelets ask all day, under all their paths.
enum StatusPath: Int, CaseIterable, Hashable, Sendable {
    case live, ready, startup

    /// The paths, each with what it asks; `/` is what HAProxy asks by default.
    static let paths: [(path: String, asks: StatusPath)] = [
        ("/readyz", .ready), ("/livez", .live), ("/startupz", .startup),
        ("/health/ready", .ready), ("/health/live", .live), ("/health/startup", .startup), ("/", .ready),
    ]

    /// The same as bytes, for the scan of raw requests.
    static let pathBytes: [(path: [UInt8], asks: StatusPath)] = paths.map { (Array($0.path.utf8), $0.asks) }
}
