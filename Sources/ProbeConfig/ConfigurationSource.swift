// SPDX-License-Identifier: Apache-2.0

/// The bytes of one configuration file, read once, and the name it has in diagnostics.
package struct ConfigurationSource: Hashable, Sendable {
    /// The file's name as diagnostics show it: `bellwether.yaml`, `probes.d/api.yaml`.
    package var path: String
    /// The file's content as it was read.
    package var bytes: [UInt8]

    /// The absolute folder of the file, for names in it that begin with `./`; nil = such names are refused.
    package var directory: String?

    package init(path: String, bytes: [UInt8], directory: String? = nil) {
        self.path = path
        self.bytes = bytes
        self.directory = directory
    }
}
