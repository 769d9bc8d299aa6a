// SPDX-License-Identifier: Apache-2.0

import CLinux
package import HealthModel

/// The limit on open descriptors of this process.
package enum DescriptorLimit {
    /// Raises the soft limit to the hard one and gives it.
    ///
    /// The soft limit is low by convention, for programs that use `select`; the agent does not. Scripts get the usual one back.
    /// - Throws: why the kernel refuses.
    package static func raise() throws(SystemError) -> Int {
        let limit = clinux_raise_descriptor_limit()
        guard limit >= 0 else { throw .last }
        return Int(limit)
    }
}

/// Core files of this process, which would hold every secret it knows.
package enum CoreFiles {
    /// Forbids them, for this process and all that it starts.
    ///
    /// - Throws: why the kernel refuses.
    package static func forbid() throws(SystemError) {
        guard clinux_forbid_core_files() == 0 else { throw .last }
    }
}
