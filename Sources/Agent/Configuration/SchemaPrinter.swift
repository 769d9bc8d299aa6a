// SPDX-License-Identifier: Apache-2.0

import ProbeConfig

/// `bellwether schema`: prints the configuration as JSON Schema, added kinds included.
package enum SchemaPrinter {
    /// Which files it is about.
    package enum Subject: String, CaseIterable, Sendable {
        /// The files of the probes directory.
        case probes
        /// bellwether.yaml.
        case agent
    }

    /// Prints the schema of `subject`.
    package static func run(_ subject: Subject) -> CommandStatus {
        let files: ConfigurationSchema.Subject =
            switch subject {
            case .probes: .probes
            case .agent: .agent
            }
        StandardOutput.print(ConfigurationSchema(of: files, kinds: AddedKinds.current).text)
        return .healthy
    }
}
