// SPDX-License-Identifier: Apache-2.0

/// Where the configuration is, as the command line says it.
package struct ConfigurationLocation: Hashable, Sendable {
    /// The configuration file; nil = `/etc/bellwether/bellwether.yaml` when it exists, else the built-in settings.
    package var configurationFile: String?
    /// The folder of probe files, instead of the configured one.
    package var probesFolder: String?

    /// Where the package installs the configuration file.
    package static let installedFile = "/etc/bellwether/bellwether.yaml"

    package init(configurationFile: String? = nil, probesFolder: String? = nil) {
        self.configurationFile = configurationFile
        self.probesFolder = probesFolder
    }
}
