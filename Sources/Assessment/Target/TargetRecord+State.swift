// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension TargetRecord {
    /// What is probed, to be told across restarts; made when it is first asked for.
    var fingerprint: ProbeFingerprint {
        if let knownFingerprint { return knownFingerprint }
        let fingerprint = ProbeFingerprint(spec.probe)
        knownFingerprint = fingerprint
        return fingerprint
    }
}
