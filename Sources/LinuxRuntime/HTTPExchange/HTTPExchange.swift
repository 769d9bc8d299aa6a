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
    ///   - token: handed back with the result.
    ///   - observer: who is told.
    ///   - loop: the loop it is told on.
    func start(
        deadline: MonotonicInstant,
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    )

    /// Ends an exchange under way without telling; does nothing when there is none.
    func cancel(on loop: isolated EventLoop)

    /// Cancels, and lets go of the kept connection and everything else; the exchange is not used again.
    func close(on loop: isolated EventLoop)
}

/// Is told how an exchange ended.
package protocol HTTPExchangeObserver: AnyObject {
    /// Called on the loop; the next exchange may be started from here.
    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop)
}
