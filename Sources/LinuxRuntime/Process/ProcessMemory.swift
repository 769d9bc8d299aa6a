// SPDX-License-Identifier: Apache-2.0

import CLinux

/// The memory of this process.
package enum ProcessMemory {
    /// Gives large blocks back to the system when they are freed; to be called before other threads are started.
    package static func returnWhenFreed() {
        clinux_return_memory()
    }
}
