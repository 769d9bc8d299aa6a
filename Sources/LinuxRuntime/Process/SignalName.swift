// SPDX-License-Identifier: Apache-2.0

import CLinux

/// The names of signals.
package enum SignalName {
    /// `SIGSEGV` for 11; `signal 99` for a number without a name.
    package static func of(_ number: Int) -> String {
        // unsafe: the C library gives a constant string or null.
        guard let number = CInt(exactly: number), let name = unsafe clinux_signal_name(number) else {
            return "signal \(number)"
        }
        return unsafe "SIG" + String(cString: name)
    }
}
