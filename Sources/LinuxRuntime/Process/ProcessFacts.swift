// SPDX-License-Identifier: Apache-2.0

/// What tells one process from all others: a number alone is given out again.
package struct ProcessIdentity: Hashable, Sendable {
    package let id: ProcessID
    /// When it started, in clock ticks since boot.
    package let startTime: UInt64

    package init(id: ProcessID, startTime: UInt64) {
        self.id = id
        self.startTime = startTime
    }
}

/// What the kernel tells about a process.
package struct ProcessFacts: Hashable, Sendable {
    package var identity: ProcessIdentity
    package var parent: Int32
    /// Its session's number; a process that has not called `setsid` is in its program's.
    package var session: Int32
    /// It has ended and waits to be reaped.
    package var isZombie: Bool
    /// It can gain no privileges; inherited by all descendants and never lost, so a process without it descends from no program
    /// of ours.
    package var hasNoNewPrivileges: Bool
    /// The run named in its environment; nil when it removed that or it cannot be read.
    package var marker: RunMarker?

    package init(
        identity: ProcessIdentity,
        parent: Int32,
        session: Int32,
        isZombie: Bool = false,
        hasNoNewPrivileges: Bool = true,
        marker: RunMarker? = nil
    ) {
        self.identity = identity
        self.parent = parent
        self.session = session
        self.isZombie = isZombie
        self.hasNoNewPrivileges = hasNoNewPrivileges
        self.marker = marker
    }
}

/// The unguessable name of one run, put into the environment of its program, where all descendants inherit it.
package struct RunMarker: Hashable, Sendable, CustomStringConvertible {
    /// The variable that holds it.
    package static let variable = "BELLWETHER_RUN"

    /// 32 hexadecimal digits.
    package let text: String

    /// Takes what a process has in its environment, whatever it is.
    package init(text: String) {
        self.text = text
    }

    /// Draws a new name of 128 bits.
    package init(from random: inout some RandomNumberGenerator) {
        let halves = [random.next() as UInt64, random.next()].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        text = halves.joined()
    }

    package var description: String { text }
}
