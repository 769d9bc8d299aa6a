// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// What a simulated HTTP server does with one exchange.
package enum SimulatedReply: Hashable, Sendable, CustomStringConvertible {
    /// A whole answer, complete after the delay; told before `start` returns when that is zero.
    case answers(Int, after: Duration, body: String = "", headers: [HTTPField] = [])
    /// An answer that comes part by part; only for a request that streams its answer.
    case streams(SimulatedStream)
    /// The peer refuses the connection.
    case refuses(after: Duration)
    /// Connected, but no answer ever: ends as a timeout at the deadline.
    case hangs
    /// Nobody answers the connection attempt: ends as a connect timeout at the deadline.
    case drops
    /// Any other failure, with what it says.
    case fails(HTTPExchangeFailure, after: Duration)

    /// A few words for the trace.
    package var description: String {
        switch self {
        case .answers(let status, let delay, let body, _):
            "\(status) with \(body.utf8.count) bytes after \(delay.readable)"
        case .streams(let stream): "a stream of \(stream.pieces.count) pieces after \(stream.delay.readable)"
        case .refuses(let delay): "refused after \(delay.readable)"
        case .hangs: "hangs"
        case .drops: "dropped"
        case .fails(let failure, let delay): "\(failure.failure.reason.rawValue) after \(delay.readable)"
        }
    }
}

/// Decides what the HTTP servers of a simulation do; may change its mind over virtual time.
package struct SimulatedWeb: Sendable {
    /// Decides about one exchange by URL, instant and draw.
    package typealias Rule = @Sendable (HTTPURL, MonotonicInstant, inout SimulationRandom) -> SimulatedReply

    private let rule: Rule

    /// A web as a function; called on the loop's thread.
    package init(_ rule: @escaping Rule) {
        self.rule = rule
    }

    /// A web where every server always does the same.
    package static func always(_ reply: SimulatedReply) -> SimulatedWeb {
        SimulatedWeb { _, _, _ in reply }
    }

    func reply(to url: HTTPURL, at now: MonotonicInstant, _ random: inout SimulationRandom) -> SimulatedReply {
        rule(url, now, &random)
    }
}
