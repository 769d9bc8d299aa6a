// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A probe with the names it mentions, whose meaning is seen when everything is read.
struct ReadProbe {
    var spec: ProbeSpec
    /// The probe's own place.
    let field: Field
    /// The groups it names, itself or by default.
    let groups: [NameReference]
    /// The probes it names as its dependencies, itself or by default.
    let dependencies: [NameReference]
}
