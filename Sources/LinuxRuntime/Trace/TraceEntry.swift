// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// One thing that was said, heard or done in a probe.
package struct TraceEntry: Hashable, Sendable {
    /// Where in the probe it belongs: a phase, or a part of a program's run.
    package enum Stage: String, Hashable, Sendable {
        case dns
        case connect
        case tls
        /// Up to the first byte from the peer.
        case firstByte = "first byte"
        case transfer
        /// A program is started.
        case start
        /// A program's standard input.
        case input = "stdin"
        /// A program's standard output.
        case output = "stdout"
        /// A program's standard error.
        case errorOutput = "stderr"
        /// A program has ended.
        case exit
    }

    /// Which way bytes went.
    package enum Direction: Hashable, Sendable {
        case sent
        case received
        /// There were none: the bytes are a text of ours.
        case none
    }

    /// When it began.
    package let at: MonotonicInstant
    package let stage: Stage
    package let direction: Direction
    /// The first bytes, at most ``ConversationTrace/mostBytes``.
    package private(set) var bytes: [UInt8]
    /// How many bytes there were, kept or not.
    package private(set) var count: Int

    package init(at: MonotonicInstant, stage: Stage, direction: Direction, bytes: [UInt8]) {
        self.at = at
        self.stage = stage
        self.direction = direction
        self.bytes = Array(bytes.prefix(ConversationTrace.mostBytes))
        count = bytes.count
    }

    /// Adds bytes that came after those before.
    mutating func append(_ more: [UInt8]) {
        bytes += more.prefix(ConversationTrace.mostBytes - bytes.count)
        count += more.count
    }
}
