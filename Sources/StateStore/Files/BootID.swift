// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Tells one start of the machine from another.
package enum BootID {
    /// A number that is the same for all processes since the machine started, by the kernel's `boot_id` (random(4)).
    ///
    /// Where that cannot be read (/proc is hidden) it is random, so that each process counts as a boot of its own and ages are
    /// told by the calendar.
    package static func current() -> UInt64 {
        // unsafe: the path is read during the call, and at most as many bytes are written as the buffer has.
        let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return .random(in: .min ... .max) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return .random(in: .min ... .max) }
        return bytes.prefix(count).reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
