// SPDX-License-Identifier: Apache-2.0

/// A probe's definition by reference, so that snapshots share it.
package final class ProbeDefinition: Hashable, Sendable {
    package let spec: ProbeSpec

    package init(_ spec: ProbeSpec) {
        self.spec = spec
    }

    package static func == (left: ProbeDefinition, right: ProbeDefinition) -> Bool {
        left === right || left.spec == right.spec
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(spec)
    }
}
