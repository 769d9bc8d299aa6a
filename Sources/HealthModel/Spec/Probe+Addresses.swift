// SPDX-License-Identifier: Apache-2.0

extension Probe {
    /// Several addresses of one name, each of which is probed by itself.
    package struct SeveralAddresses: Hashable, Sendable {
        /// The name and the port.
        package let host: HostPort
        /// Which of its addresses count, and how.
        package let choice: AddressChoice
    }

    /// What to look up, when each address is probed by itself; nil when the probe is one whatever its name leads to.
    package var severalAddresses: SeveralAddresses? {
        guard let (host, choice) = target, choice.policy != .first, choice.resolve == nil else { return nil }
        return SeveralAddresses(host: host, choice: choice)
    }

    /// The same probe of one address.
    package func pinned(to address: IPAddress) -> Probe {
        switch self {
        case .http(var probe):
            probe.address.resolve = address
            return .http(probe)
        case .tcp(var probe):
            probe.addresses.resolve = address
            return .tcp(probe)
        case .grpc(var probe):
            probe.addresses.resolve = address
            return .grpc(probe)
        case .webSocket(var probe):
            probe.address.resolve = address
            return .webSocket(probe)
        case .tls, .script, .dns, .udp, .icmp, .process, .custom:
            return self
        }
    }

    private var target: (HostPort, AddressChoice)? {
        switch self {
        case .http(let probe): (probe.url.address, probe.address)
        case .tcp(let probe): (probe.address, probe.addresses)
        case .grpc(let probe): (probe.address, probe.addresses)
        case .webSocket(let probe): (probe.url.address, probe.address)
        case .tls, .script, .dns, .udp, .icmp, .process, .custom: nil
        }
    }
}
