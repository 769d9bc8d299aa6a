// SPDX-License-Identifier: Apache-2.0

/// A probe's definition by reference: everything that runs and shows a target shares it, because it is large to copy.
package final class ProbeDefinition: Hashable, Sendable {
    package let spec: ProbeSpec
    /// What is probed, for people; free of secrets.
    ///
    /// Put together once, as every snapshot shows it.
    package let subject: String

    package init(_ spec: ProbeSpec) {
        self.spec = spec
        subject = spec.probe.subject
    }

    package static func == (left: ProbeDefinition, right: ProbeDefinition) -> Bool {
        left === right || left.spec == right.spec
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(spec)
    }
}
