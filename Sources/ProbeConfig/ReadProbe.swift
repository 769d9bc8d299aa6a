// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A probe with the names it mentions, whose meaning is seen when everything is read.
struct ReadProbe {
    var spec: ProbeSpec
    /// The probe's own place.
    let field: Field
    /// What it and the defaults say, with where they say it.
    let settings: CommonSettings

    /// The groups it names, itself or by default.
    var groups: [NameReference] { settings.groups?.value ?? [] }
    /// The probes it names as its dependencies, itself or by default.
    var dependencies: [NameReference] { settings.dependencies?.value ?? [] }
}
