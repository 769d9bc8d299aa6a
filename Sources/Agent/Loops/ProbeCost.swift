// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What a target's probes take of a processor, by estimate: what was measured of the common kinds, and rough figures for others.
///
/// They only spread targets over loops, so they need to be right against each other, not for a machine.
struct ProbeCost: Hashable {
    /// What each probe costs the first loop, whatever loop it runs on: to decide, to hand over, to take what came of it.
    static let deciding = Duration.microseconds(15)
    /// A TLS handshake, as far as it is the client's, and one that resumes a session.
    private static let (fullHandshake, resumption) = (Duration.microseconds(1_050), Duration.microseconds(620))

    /// One probe, all in all.
    let probe: Duration
    /// The share of one processor that all of them take, all in all.
    let share: Double
    /// The part of ``share`` that is the first loop's, wherever the probes run.
    let decidingShare: Double

    init(_ spec: ProbeSpec) {
        // Of those with several addresses most have two.
        probe = Self.cost(of: spec.probe) * (spec.probe.severalAddresses == nil ? 1 : 2)
        share = probe / spec.interval
        decidingShare = min(share, Self.deciding / spec.interval)
    }

    private static func cost(of probe: Probe) -> Duration {
        switch probe {
        case .http(let probe): http(probe)
        case .tcp(let probe):
            .microseconds(probe.dialog.isEmpty ? 45 : 70) + handshake(probe.security.settings)
        case .tls: .microseconds(70) + fullHandshake
        // The connection is kept.
        case .grpc(let probe): .microseconds(probe.tls == nil ? 130 : 220)
        case .webSocket(let probe): .microseconds(150) + handshake(probe.url.isSecure ? probe.tls : nil)
        case .dns, .udp, .icmp, .process, .custom: .microseconds(60)
        case .script(let probe): .microseconds(probe.mode == .worker ? 60 : 1_000)
        }
    }

    /// An answer over HTTP/2, through a proxy or after redirects is libcurl's, which takes about three times as long.
    private static func http(_ probe: HTTPProbe) -> Duration {
        let isPlain = probe.redirects == 0 && probe.proxy == nil && probe.unixSocket == nil
        let isOurs = isPlain && (probe.version == .auto || probe.version == .http1)
        let isKept = probe.connection == .reuse
        let factor = isOurs ? 1 : 3
        guard probe.url.isSecure else { return .microseconds(isKept ? 35 : 70) * factor }
        guard !isKept else { return .microseconds(150) * factor }
        return .microseconds(82) * factor + (isOurs ? handshake(probe.tls) : fullHandshake)
    }

    /// Nothing where there is no TLS; the few full handshakes among resumed ones do not count.
    private static func handshake(_ settings: TLSSettings?) -> Duration {
        guard let settings else { return .zero }
        return settings.resumption > .zero ? resumption : fullHandshake
    }
}

extension Probe {
    /// Whether its probers share something with all others of the agent, and so run on the first loop: the places and the reaper of
    /// scripts, the look at the process table, the threads of added kinds.
    var isBoundToTheAgent: Bool {
        switch self {
        case .script, .process, .custom: true
        case .http, .tcp, .grpc, .webSocket, .dns, .udp, .icmp, .tls: false
        }
    }
}
