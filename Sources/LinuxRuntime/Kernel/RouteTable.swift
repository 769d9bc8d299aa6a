// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Whether any route leads off this machine: what tells a target without a route from a machine without a network.
///
/// Read from procfs, and only after a connection attempt found no route.
package enum RouteTable {
    /// Whether the kernel's table for the family has a route that leaves through anything but the loopback.
    ///
    /// True when the table cannot be read: nothing is known against the machine then.
    package static func leadsOut(isIPv6: Bool) -> Bool {
        guard let text = read(isIPv6 ? "/proc/net/ipv6_route" : "/proc/net/route") else { return true }
        return isIPv6 ? leadsOutIPv6(text) : leadsOutIPv4(text)
    }

    /// `/proc/net/route`: a line of titles, then a route each, its interface first.
    package static func leadsOutIPv4(_ text: String) -> Bool {
        text.split(separator: "\n").dropFirst().contains { line in
            let interface = line.split(whereSeparator: \.isWhitespace).first
            return interface != nil && interface != "lo"
        }
    }

    /// `/proc/net/ipv6_route`: a route each, its destination first, its interface last.
    ///
    /// Link-local (fe80::/10) and multicast (ff00::/8) routes come with every interface and lead nowhere by themselves.
    package static func leadsOutIPv6(_ text: String) -> Bool {
        text.split(separator: "\n").contains { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 10, let destination = words.first, let interface = words.last else { return false }
            let isLocal = ["fe8", "fe9", "fea", "feb", "ff"].contains { destination.hasPrefix($0) }
            return interface != "lo" && !isLocal
        }
    }

    /// The first 64 KiB of a file of procfs: more than the table of any machine that has no route out.
    private static func read(_ path: String) -> String? {
        // unsafe: the path is a terminated string for the length of the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < 65_536 {
            var chunk = [UInt8](repeating: 0, count: 8_192)
            // unsafe: at most as many bytes are written as the chunk holds.
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
