// SPDX-License-Identifier: Apache-2.0

/// Which configuration is in force, and whether it is the newest that was read.
package struct ConfigurationState: Hashable, Sendable {
    /// When the one in force was read.
    package var acceptedAt: WallTime
    /// Why the one read last is not in force; nil when it is.
    package var refusal: Refusal?
    /// How changes of the files are noticed.
    package var noticing: Noticing

    /// Whether the configuration read last was accepted; when not, an older one is in force.
    package var isValid: Bool { refusal == nil }

    /// A configuration that was read and not taken over.
    package struct Refusal: Hashable, Sendable {
        /// The most problems that are listed.
        package static let mostListed = 20

        /// When it was read.
        package var at: WallTime
        /// Everything that is wrong with it, a line each, and no more than ``mostListed``.
        package var problems: [String]
        /// How many problems there are.
        package var count: Int

        /// - Parameters:
        ///   - at: when it was read.
        ///   - problems: all problems, a line each.
        package init(at: WallTime, problems: [String]) {
            self.at = at
            self.problems = Array(problems.prefix(Self.mostListed))
            count = problems.count
        }
    }

    /// How changes of the files are noticed.
    package enum Noticing: Hashable, Sendable {
        /// The kernel tells of them.
        case events
        /// They are looked for again and again, because the kernel does not tell of all of them.
        case looks(every: Duration, because: String)
        /// Nobody looks.
        case nothing
    }

    package init(acceptedAt: WallTime, refusal: Refusal? = nil, noticing: Noticing = .nothing) {
        self.acceptedAt = acceptedAt
        self.refusal = refusal
        self.noticing = noticing
    }
}
