// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// Where the configuration is; the same options in every command that reads it.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file (default: /etc/bellwether/bellwether.yaml when it exists, else built-in settings).",
            valueName: "file"
        )
    )
    var configurationFile: String?

    @Option(
        name: .customLong("probes"),
        help: ArgumentHelp(
            "The folder of probe files, instead of the one that the configuration file names.",
            valueName: "folder"
        )
    )
    var probesFolder: String?

    /// The same for `Agent`.
    var location: ConfigurationLocation {
        ConfigurationLocation(configurationFile: configurationFile, probesFolder: probesFolder)
    }
}
