// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What a call amounts to: a verdict with its reason.
struct GRPCJudgement {
    var verdict: Verdict
    var layer: Layer
    var failure: Failure?
    var grpcStatus: Int?
    var servingStatus: ServingStatus?

    /// What the server says about the service: only SERVING is healthy.
    init(_ status: ServingStatus) {
        servingStatus = status
        layer = status == .serving ? .l7OK : .l7Status
        verdict = status == .serving ? .healthy : .unhealthy
        failure = status == .serving ? nil : Failure(.grpcNotServing, "\(status.name), expected SERVING")
    }

    /// A status other than OK.
    init(_ status: GRPCStatus) {
        verdict = .unhealthy
        layer = .l7Status
        failure = Failure(status.reason, status.text)
        grpcStatus = status.code
    }

    /// A call that did not end as gRPC ends.
    init(_ failure: Failure, at layer: Layer, status: GRPCStatus? = nil) {
        verdict = failure.reason == .internal ? .unknown : .unhealthy
        self.layer = layer
        self.failure = failure
        grpcStatus = status?.code
    }

    /// A whole answer that has no status.
    static var withoutStatus: GRPCJudgement {
        let evidence = Evidence(phase: .transfer)
        return GRPCJudgement(
            Failure(.protocolError, "the answer has no grpc-status", evidence: evidence),
            at: .l7Response
        )
    }

    /// The same, or what the server's certificate takes away from it: a service that serves until its certificate ends.
    func weighing(_ finding: CertificateExpiryCheck.Finding?) -> GRPCJudgement {
        guard let finding, failure == nil else { return self }
        var judgement = self
        judgement.verdict = finding.verdict
        judgement.layer = finding.verdict == .unhealthy ? .l6Response : .l7OK
        judgement.failure = finding.failure
        return judgement
    }

    /// The outcome of a run that was told `facts` on its way.
    func outcome(
        _ facts: GRPCCallFacts,
        startedAt start: MonotonicInstant,
        took duration: Duration,
        watch: WatchSource? = nil
    ) -> Outcome {
        let outcome = Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: start,
            duration: duration,
            phases: facts.phases,
            address: facts.address,
            observed: Observed(
                httpStatus: facts.httpStatus,
                httpVersion: facts.httpVersion,
                tls: facts.tls,
                grpcStatus: grpcStatus,
                servingStatus: servingStatus?.name,
                watch: watch
            )
        )
        return facts.redaction.applied(to: outcome)
    }
}
