// SPDX-License-Identifier: Apache-2.0

/// Which addresses of its target a probe contacts, and from where.
package struct AddressChoice: Hashable, Sendable {
    /// Which families may be used.
    package var family: AddressFamily
    /// The address that is contacted instead of those of the name; the name stays in everything that is said.
    package var resolve: IPAddress?
    /// What several addresses of one name mean.
    package var policy: AddressPolicy
    /// The address of this machine that connections come from; nil leaves it to the system.
    package var source: IPAddress?

    package init(
        family: AddressFamily = .any,
        resolve: IPAddress? = nil,
        policy: AddressPolicy = .first,
        source: IPAddress? = nil
    ) {
        self.family = family
        self.resolve = resolve
        self.policy = policy
        self.source = source
    }

    /// The family that is left by everything said together: a source has one of its own.
    package var effectiveFamily: AddressFamily {
        guard family == .any, let source else { return family }
        return source.isIPv6 ? .ipv6 : .ipv4
    }
}

/// The address families that a probe may use.
package enum AddressFamily: String, CaseIterable, Hashable, Sendable {
    /// Both, in the order the resolver gives them. The default.
    case any
    case ipv4
    case ipv6
}

/// What several addresses of one name mean.
package enum AddressPolicy: String, CaseIterable, Hashable, Sendable {
    /// One probe, as a client would do it: the addresses are tried until one accepts the connection. The default.
    case first
    /// Each address is probed by itself; one that passes is enough.
    case any
    /// Each address is probed by itself; every one must pass.
    case all
}
