// SPDX-License-Identifier: Apache-2.0

/// What a watched descriptor is ready for.
package struct Readiness: Hashable, Sendable {
    /// What the descriptor was watched with.
    package var token: UInt64
    package var events: Events

    /// The conditions that epoll reports.
    package struct Events: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let readable = Events(rawValue: 0x1)
        package static let writable = Events(rawValue: 0x4)
        package static let error = Events(rawValue: 0x8)
        package static let hangUp = Events(rawValue: 0x10)
        package static let peerClosed = Events(rawValue: 0x2000)

        /// Whether the peer has ended its side, or the connection is gone.
        package var tellsEnd: Bool { rawValue & 0x2018 != 0 }
        /// Whether the connection is gone, or never came about.
        package var tellsFailure: Bool { rawValue & 0x18 != 0 }
        /// Whether a read may give something.
        package var isReadable: Bool { rawValue & 0x1 != 0 }
        /// Whether a write may be taken.
        package var isWritable: Bool { rawValue & 0x4 != 0 }
    }

    package init(token: UInt64, events: Events) {
        self.token = token
        self.events = events
    }
}
