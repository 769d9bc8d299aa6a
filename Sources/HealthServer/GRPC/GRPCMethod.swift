// SPDX-License-Identifier: Apache-2.0

/// The methods of `grpc.health.v1.Health`.
enum GRPCMethod: String, CaseIterable, Hashable, Sendable {
    /// One status.
    case check = "Check"
    /// A status, and every change of it.
    case watch = "Watch"
    /// Every status.
    case list = "List"

    /// The path of the service, with the slash that ends it.
    static let servicePath = "/grpc.health.v1.Health/"

    /// - Throws: UNIMPLEMENTED for any other path.
    init(path: String) throws(GRPCFailure) {
        guard path.hasPrefix(Self.servicePath) else {
            throw GRPCFailure(.unimplemented, "only grpc.health.v1.Health is served here")
        }
        guard let method = Self(rawValue: String(path.dropFirst(Self.servicePath.count))) else {
            throw GRPCFailure(.unimplemented, "grpc.health.v1.Health has Check, Watch and List")
        }
        self = method
    }
}
