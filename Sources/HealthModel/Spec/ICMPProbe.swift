// SPDX-License-Identifier: Apache-2.0

/// Echo requests to a host, and how they must be answered.
package struct ICMPProbe: Hashable, Sendable {
    /// A name or a numeric address, without brackets.
    package var host: String
    /// How many requests one run sends, 1 to 10; default 1.
    package var count: Int
    /// Bytes of data in each, 0 to 1,400; default 56, as ping(8).
    package var size: Int
    /// Share of requests that may stay without a reply, 0 to 1; default 0.
    package var maximumLoss: Double
    /// A mean round trip longer than this degrades; nil = never.
    package var slow: Duration?

    package init(host: String, count: Int = 1, size: Int = 56, maximumLoss: Double = 0, slow: Duration? = nil) {
        self.host = host
        self.count = count
        self.size = size
        self.maximumLoss = maximumLoss
        self.slow = slow
    }
}
