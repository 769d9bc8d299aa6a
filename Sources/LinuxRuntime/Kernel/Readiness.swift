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
    }

    package init(token: UInt64, events: Events) {
        self.token = token
        self.events = events
    }
}
