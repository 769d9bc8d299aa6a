// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where an executable hands over to the command line.
package enum CommandLineEntry {
    /// Parses the process's arguments and does what they say; ends the process.
    package static func run() {
        Bellwether.main()
    }
}
