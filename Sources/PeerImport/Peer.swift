// SPDX-License-Identifier: Apache-2.0

package import ProbeConfig

/// A system whose definitions of checks can be carried over.
package enum Peer: String, CaseIterable, Sendable {
    /// Prometheus' blackbox_exporter: modules, and targets from elsewhere.
    case blackbox
    /// Gatus: endpoints.
    case gatus
    /// HAProxy: server lines with `check`.
    case haproxy
    /// Kubernetes: probes of containers.
    case kubernetes
}

/// What a peer's file does not say itself.
package struct ImportOptions: Sendable {
    /// Prometheus' configuration, which gives blackbox's modules their targets.
    package var prometheus: ConfigurationSource?
    /// Targets for blackbox's modules: `module=target`, or a target for the only one.
    package var targets: [String] = []
    /// Where containers of Kubernetes are reached; nil: through Services of the same file.
    package var host: String?

    package init() {}
}

/// Something of the source that the result does not say, or not in the same way.
package struct ImportNote: Hashable, Sendable, CustomStringConvertible {
    /// The source's name.
    package let path: String
    /// The line in it; nil for the file as a whole.
    package let line: Int?
    /// What, without a full stop, free of control characters.
    package let message: String

    /// `file:line: message`.
    package var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}

/// A source's checks as a file of probes.d.
package struct ImportedProbes: Sendable {
    /// The file; the reader of the configuration takes it.
    package let text: String
    /// How many probes it defines.
    package let count: Int
    /// What could not be carried, by source and line.
    package let notes: [ImportNote]
}

/// Why nothing was made of a source.
package struct ImportRefusal: Error, Hashable, Sendable {
    /// By position; at least one.
    package let diagnostics: [Diagnostic]
    /// What could not be carried, where that is why nothing is left.
    package let notes: [ImportNote]
}
