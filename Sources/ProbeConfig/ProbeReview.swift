// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Warns of what is legal and probably not meant, once every probe was read.
struct ProbeReview {
    let agent: AgentSettings
    /// The name of this machine.
    let hostname: String
    let sink: DiagnosticSink

    /// The slowest of the load balancers' own checks by their defaults.
    ///
    /// That is AWS, two failures 30 s apart; HAProxy takes three 2 s
    /// apart, Kubernetes three 10 s apart.
    static let slowestConsumer = Duration.seconds(60)

    /// Looks at each probe, and at what several say together; at nothing while something is wrong, which comes first.
    func report(_ probes: [ReadProbe]) {
        guard !sink.hasErrors else { return }
        let loops = SelfProbe(agent: agent, hostname: hostname)
        for read in probes {
            if read.spec.impact != .informational, let listener = loops.listener(of: read.spec.probe) {
                read.field.warning(
                    "probes the agent's own status on \(listener), which depends on this probe",
                    DiagnosticDetail(.selfProbe, seen: listener.description)
                )
            }
            reviewNames(read.groups)
            reviewNames(read.dependencies)
            reviewDetection(read)
            reviewLimits(read)
            if case .http(let probe) = read.spec.probe { HTTPReview(probe, read.field).report() }
        }
        reviewCopies(probes)
        reviewImpact(probes)
    }

    private func reviewNames(_ references: [NameReference]) {
        var first: [TargetName: NameReference] = [:]
        for reference in references {
            guard let earlier = first[reference.name] else {
                first[reference.name] = reference
                continue
            }
            reference.field.warning(
                "\"\(reference.name)\" is named twice",
                DiagnosticDetail(.duplicate, seen: reference.name.text),
                related: earlier.field.location
            )
        }
    }

    /// A breaker slower than any load balancer's own checks gives no earlier warning than those.
    private func reviewDetection(_ read: ReadProbe) {
        let spec = read.spec
        guard spec.impact == .required, spec.probe.isNetworkService, let time = ReactionTime(spec).detection,
            time > Self.slowestConsumer
        else { return }
        let origin = read.settings.interval?.origin ?? read.settings.breaker.failureThreshold?.origin
        (origin?.field ?? read.field).warning(
            "\(spec.name) is found down up to \(DurationText.atMost(time)) late, later than load balancers find it by "
                + "themselves (HAProxy 6s, Kubernetes 30s, AWS 60s)",
            DiagnosticDetail(
                .slowDetection,
                seen: DurationText.atMost(time),
                hint: "a shorter interval or a smaller failure_threshold, or impact: degrading"
            )
        )
    }

    /// Limits that the timeout always forestalls.
    private func reviewLimits(_ read: ReadProbe) {
        let timeout = read.spec.timeout
        if let slow = read.spec.probe.slowLimit, slow >= timeout,
            let field = read.field.written(read.spec.probe.kind, "slow")
        {
            field.warning(
                "no answer is ever slow: the probe ends after \(DurationText.render(timeout))",
                DiagnosticDetail(.neverHolds, seen: DurationText.render(slow))
            )
        }
        if let slow = read.spec.breaker.slowCall, slow.over >= timeout,
            let field = read.settings.breaker.slowOver?.origin?.field
        {
            field.warning(
                "no call of \(read.spec.name) is ever slow: it ends after \(DurationText.render(timeout))",
                DiagnosticDetail(.neverHolds, seen: DurationText.render(slow.over))
            )
        }
    }

    /// Two probes that ask the very same are usually a copy whose target was not changed.
    private func reviewCopies(_ probes: [ReadProbe]) {
        var first: [Probe: ReadProbe] = [:]
        for read in probes {
            guard let earlier = first[read.spec.probe] else {
                first[read.spec.probe] = read
                continue
            }
            read.field.warning(
                "asks exactly what \(earlier.spec.name) at "
                    + "\(VisibleText.make(earlier.field.keyLocation.description)) asks",
                DiagnosticDetail(.duplicate, seen: earlier.spec.name.text),
                related: earlier.field.keyLocation
            )
        }
    }

    /// Where nothing counts the agent is ready whatever happens.
    private func reviewImpact(_ probes: [ReadProbe]) {
        guard let last = probes.last, probes.allSatisfy({ $0.spec.impact == .informational }) else { return }
        (last.settings.impact?.origin?.field ?? last.field).warning(
            "every probe is informational, so the agent is ready whatever they find",
            DiagnosticDetail(.neverHolds, hint: "impact: required for what must work")
        )
    }
}

extension Probe {
    /// Whether it asks a service that others ask, too, over the network.
    fileprivate var isNetworkService: Bool {
        switch self {
        case .http, .tcp, .grpc, .webSocket: true
        case .script, .dns, .udp, .icmp, .process, .tls, .custom: false
        }
    }

    /// An answer slower than this is degraded.
    fileprivate var slowLimit: Duration? {
        switch self {
        case .http(let probe): probe.slow
        case .icmp(let probe): probe.slow
        case .tcp, .grpc, .webSocket, .script, .dns, .udp, .process, .tls, .custom: nil
        }
    }
}
