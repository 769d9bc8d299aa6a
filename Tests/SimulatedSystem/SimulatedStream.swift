// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// A streamed answer: status 200 and its fields, then pieces of a body, then an end, each some time after the one before.
package struct SimulatedStream: Hashable, Sendable {
    /// A part of the body.
    package struct Piece: Hashable, Sendable {
        package var delay: Duration
        package var bytes: [UInt8]

        package init(after delay: Duration, _ bytes: [UInt8]) {
            self.delay = delay
            self.bytes = bytes
        }
    }

    /// How it ends.
    package enum Ending: Hashable, Sendable {
        /// Whole, with these trailers.
        case completes(trailers: [HTTPField])
        /// In the middle.
        case breaks(HTTPExchangeFailure)
    }

    /// Until the fields are there.
    package var delay: Duration
    package var headers: [HTTPField]
    package var pieces: [Piece]
    /// nil = never.
    package var ending: Ending?
    /// Between the last piece and the end.
    package var endDelay: Duration

    package init(
        after delay: Duration,
        headers: [HTTPField],
        pieces: [Piece],
        ending: Ending? = nil,
        endsAfter endDelay: Duration = .zero
    ) {
        self.delay = delay
        self.headers = headers
        self.pieces = pieces
        self.ending = ending
        self.endDelay = endDelay
    }
}
