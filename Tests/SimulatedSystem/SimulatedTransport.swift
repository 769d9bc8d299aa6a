// SPDX-License-Identifier: Apache-2.0

package import LinuxRuntime
import Synchronization

/// Carries HTTP exchanges to servers that exist only as a rule.
///
/// Like the real one it holds one descriptor per connection, counts it in the loop's budget, and keeps the connection where
/// the request says so. Two exchanges of one prepared request at once, or one after `close`, are a programmer error.
package final class SimulatedTransport: HTTPTransport, Sendable {
    /// What a transport has done.
    package struct Tally: Hashable, Sendable {
        /// Requests that were prepared.
        package internal(set) var prepared = 0
        /// Prepared requests that were closed.
        package internal(set) var closed = 0
        /// Exchanges that were started.
        package internal(set) var started = 0
        /// Exchanges that ended by themselves.
        package internal(set) var ended = 0
        /// Exchanges that were ended by `cancel` or `close`.
        package internal(set) var cancelled = 0
        /// Most exchanges that were under way at once, of all requests together.
        package internal(set) var mostAtOnce = 0

        /// Exchanges that are under way.
        package var underWay: Int { started - ended - cancelled }
    }

    private struct State {
        var tally = Tally()
        var random: SimulationRandom
    }

    let kernel: SimulatedKernel
    private let web: SimulatedWeb
    private let state: Mutex<State>

    /// - Parameters:
    ///   - kernel: gives the seed, the descriptors and the trace.
    ///   - web: what the servers do.
    package init(_ kernel: SimulatedKernel, web: SimulatedWeb) {
        self.kernel = kernel
        self.web = web
        state = Mutex(State(random: kernel.random(for: "web")))
    }

    /// What was done so far.
    package var tally: Tally { state.withLock(\.tally) }

    package func prepare(_ request: HTTPRequest, on loop: isolated EventLoop) -> any HTTPExchange {
        count { $0.prepared += 1 }
        return SimulatedExchange(request, transport: self)
    }

    func count(_ change: (inout Tally) -> Void) {
        state.withLock { state in
            change(&state.tally)
            state.tally.mostAtOnce = max(state.tally.mostAtOnce, state.tally.underWay)
        }
    }

    /// Asks the web, without the lock: it is foreign code.
    func reply(to request: HTTPRequest) -> SimulatedReply {
        var random = state.withLock(\.random)
        let reply = web.reply(to: request.url, at: kernel.now, &random)
        state.withLock { [random] in $0.random = random }
        return reply
    }
}
