// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// What was seen of a call besides its messages and its end.
struct GRPCCallFacts {
    /// How long each phase took, up to the newest that was told.
    var phases = PhaseTimings()
    /// The address that was contacted.
    var address: String?
    /// What was seen of the TLS handshake.
    var tls: TLSFacts?
    /// The status of the HTTP answer that carries the call.
    var httpStatus: Int?
    /// Its version.
    var httpVersion: String?
    /// Hides the secrets that were sent with the call.
    var redaction = Redaction.none

    init() {}

    init(_ result: HTTPExchangeResult, hiding redaction: Redaction) {
        self.redaction = redaction
        phases = result.phases
        address = result.address
        tls = result.tls
        httpStatus = result.answer?.status
        httpVersion = result.answer?.version
    }

    /// The same for a run that came later than the phases.
    var withoutPhases: GRPCCallFacts {
        var facts = self
        facts.phases = PhaseTimings()
        return facts
    }
}
