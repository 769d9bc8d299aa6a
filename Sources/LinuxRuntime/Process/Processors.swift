// SPDX-License-Identifier: Apache-2.0

import CLinux

/// The processors that this process may use.
package enum Processors {
    /// How many its threads may run on (sched_getaffinity(2)), or fewer where its control group or one above it has a quota of
    /// processor time (`cpu.max` of cgroup v2); 1 at least.
    package static var available: Int {
        min(max(1, Int(clinux_processor_count())), quota() ?? .max)
    }

    /// The whole processors that the quota of the control group allows, 1 at least; nil without a quota.
    ///
    /// - Parameters:
    ///   - groups: the file that names the process's group.
    ///   - root: where the groups are mounted.
    /// - Returns: so many processors.
    static func quota(groups: String = "/proc/self/cgroup", root: String = "/sys/fs/cgroup") -> Int? {
        guard let line = text(of: groups)?.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
            return nil
        }
        var names = line.dropFirst(4).split(separator: "/")
        var smallest: Int?
        while true {
            if let quota = text(of: ([root[...]] + names + ["cpu.max"]).joined(separator: "/")).flatMap(whole) {
                smallest = min(quota, smallest ?? .max)
            }
            if names.popLast() == nil { return smallest }
        }
    }

    /// The whole processors in a text like `150000 100000`: microseconds of processor time in so many of the clock.
    private static func whole(_ text: String) -> Int? {
        let parts = text.split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard parts.count == 2, let quota = parts[0], let period = parts[1], quota > 0, period > 0 else { return nil }
        return max(1, quota / period)
    }

    private static func text(of path: String) -> String? {
        (try? SystemFiles().read(path, limit: 65_536)).map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}
