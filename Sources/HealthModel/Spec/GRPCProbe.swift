// SPDX-License-Identifier: Apache-2.0

/// A question to the health service of a gRPC server (`grpc.health.v1.Health`).
package struct GRPCProbe: Hashable, Sendable {
    /// Where the server listens.
    package var address: HostPort
    /// The service that is asked for; empty = the server as a whole.
    package var service: String
    /// The `:authority` of the request; nil = the address.
    package var authority: String?
    /// How TLS is spoken; nil = not at all.
    package var tls: TLSSettings?
    /// Request metadata in the order written; the value of a name that ends in `-bin` is base64.
    package var metadata: [HTTPField]
    /// Metadata whose values are secret; sent after the others.
    package var secretMetadata: [SecretField]
    /// How the server is asked.
    package var mode: Mode
    /// Which of the host's addresses are contacted, and from where.
    package var addresses: AddressChoice

    package init(
        address: HostPort,
        service: String = "",
        authority: String? = nil,
        tls: TLSSettings? = nil,
        metadata: [HTTPField] = [],
        secretMetadata: [SecretField] = [],
        mode: Mode = .check,
        addresses: AddressChoice = AddressChoice()
    ) {
        self.address = address
        self.service = service
        self.authority = authority
        self.tls = tls
        self.metadata = metadata
        self.secretMetadata = secretMetadata
        self.mode = mode
        self.addresses = addresses
    }

    /// How a health service is asked.
    package enum Mode: String, CaseIterable, Hashable, Sendable {
        /// One `Check` for each probe. The default.
        case check
        /// One `Watch` that stays open: the server tells at once when the status changes.
        case watch
    }
}
