// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Makes exchanges: libcurl, plain sockets, or a simulation.
package protocol HTTPTransport: AnyObject {
    /// Prepares a request that will be exchanged again and again.
    ///
    /// Never fails: what is wrong with a request or with this machine is told by every exchange as an `internal` failure.
    func prepare(_ request: HTTPRequest, on loop: isolated EventLoop) -> any HTTPExchange
}

/// One prepared request that can be exchanged again and again, one exchange at a time.
package protocol HTTPExchange: AnyObject {
    /// Sends the request and tells `observer` exactly once, possibly before this returns.
    ///
    /// Resolution, connection, TLS, redirects and retries all count in the deadline; the exchange ends there, wall to wall.
    /// A kept connection that died since the last exchange is replaced, once, without being told as a failure.
    /// - Parameters:
    ///   - deadline: when the exchange ends as a timeout at the latest.
    ///   - fields: request fields of this exchange only, sent after those of the prepared request.
    ///   - token: handed back with the result.
    ///   - observer: who is told.
    ///   - loop: the loop it is told on.
    func start(
        deadline: MonotonicInstant,
        adding fields: [HTTPField],
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    )

    /// Takes the deadline off the exchange under way, which then lasts until its answer ends or it is cancelled.
    ///
    /// For answers that are streams: the deadline is for what must come first. Does nothing when no exchange is under way.
    func liftDeadline(on loop: isolated EventLoop)

    /// Adds the objects that every exchange uses, itself among them.
    func collect(into footprint: inout Footprint)

    /// Ends an exchange under way without telling; does nothing when there is none.
    func cancel(on loop: isolated EventLoop)

    /// Cancels, and lets go of the kept connection and everything else; the exchange is not used again.
    func close(on loop: isolated EventLoop)
}

extension HTTPExchange {
    package func collect(into footprint: inout Footprint) { footprint.add(self) }

    /// Sends the prepared request as it is.
    package func start(
        deadline: MonotonicInstant,
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    ) {
        start(deadline: deadline, adding: [], token: token, for: observer, on: loop)
    }
}

/// Is told how an exchange ended, and of an answer that is streamed what has arrived so far.
package protocol HTTPExchangeObserver: AnyObject {
    /// The fields of a streamed answer are complete: an answer without a body yet, and all that is known of its way.
    ///
    /// Called on the loop, at most once in an exchange; the exchange may be cancelled from here.
    func began(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop)

    /// More of the body of a streamed answer has arrived.
    ///
    /// Called on the loop, after `began` and before `exchanged`; the exchange may be cancelled from here.
    func received(_ bytes: [UInt8], token: UInt64, on loop: isolated EventLoop)

    /// Called on the loop; the next exchange may be started from here.
    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop)
}

extension HTTPExchangeObserver {
    package func began(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {}

    package func received(_ bytes: [UInt8], token: UInt64, on loop: isolated EventLoop) {}
}
