// SPDX-License-Identifier: Apache-2.0

/// A file that the configuration names and the agent will read; whether it is there is not this module's to know.
package struct NamedFile: Hashable, Sendable {
    /// Its absolute path.
    package let path: String
    /// The keys that lead to the name: `probes.checkout.http.tls.ca`.
    package let keyPath: String
    /// Where it is named.
    package let location: FileLocation
    /// Whether it is executed rather than read.
    package var isProgram = false
}
