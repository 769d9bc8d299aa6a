// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import ProbeConfig

/// What a configuration is made of, as far as it can be known before it is read: whose change is worth reading it again.
struct ConfigurationInterest: Hashable {
    /// How names of probe files end.
    static let probeFileSuffixes: Set<String> = [".yaml", ".yml"]

    /// The configuration file, which need not be there.
    var mainFile: String
    /// The folder of probe files, which need not be there.
    var probesFolder: String
    /// What probes read themselves: certificates, bodies, secrets.
    var others: Set<String> = []

    /// Adds the files that an accepted configuration names.
    mutating func add(_ configuration: Configuration, environment: (String) -> String?) {
        for file in configuration.namedFiles { others.insert(file.path) }
        for named in configuration.namedSecrets {
            switch named.secret {
            case .text, .environment: break
            case .file(let path): others.insert(path)
            case .credential(let name):
                if let directory = environment("CREDENTIALS_DIRECTORY") { others.insert("\(directory)/\(name)") }
            }
        }
    }

    /// The same, with the files that another configuration names.
    func keeping(_ others: Set<String>) -> ConfigurationInterest {
        var copy = self
        copy.others = others
        return copy
    }

    /// Whether a name in the folder is a probe file's; editors' and package managers' leftovers end otherwise or begin with a dot.
    static func isProbeFile(_ name: String) -> Bool {
        NameSelection(suffixes: probeFileSuffixes).contains(name)
    }
}
