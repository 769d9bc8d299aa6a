// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What happened in a simulated system, in order: equal traces mean equal runs.
///
/// The digest covers everything from the beginning; of the lines only the last are kept, so that a day fits in memory.
package struct SimulationTrace: Hashable, Sendable, CustomStringConvertible {
    /// Something that happened, and when.
    package struct Line: Hashable, Sendable, CustomStringConvertible {
        /// How long after the start of the simulation.
        package let elapsed: Duration
        package let text: String

        package var description: String { "\(elapsed.inNanoseconds) ns: \(text)" }
    }

    /// The last lines, oldest first.
    package private(set) var lines: [Line] = []
    /// How many lines there were in all.
    package private(set) var count = 0
    /// FNV-1a of all lines.
    package private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325

    private static let kept = 10_000

    mutating func record(_ text: String, after elapsed: Duration) {
        let line = Line(elapsed: elapsed, text: text)
        for byte in line.description.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        count += 1
        if lines.count == 2 * Self.kept { lines.removeFirst(Self.kept) }
        lines.append(line)
    }

    /// The texts of the kept lines.
    package var texts: [String] { lines.map(\.text) }

    /// The kept lines, one a line.
    package var description: String { lines.map(\.description).joined(separator: "\n") }
}
