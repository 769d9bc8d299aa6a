// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Turns a host name into addresses without ever blocking the loop.
///
/// The seam behind which system resolution (bounded threads, a cache) or a simulated one stands.
package protocol Resolver: AnyObject {
    /// Looks `host` up and tells `observer` exactly once, possibly before this returns.
    ///
    /// Numeric addresses are answered at once. The resolver does not know the caller's deadline: a caller that gives up
    /// ignores the late answer, which still fills the cache. An observer that asks for the same host and port again while it
    /// waits has given up before: it hears once, with the later token. So who asks again and again about a name whose server
    /// is silent does not pile up questions.
    /// - Parameters:
    ///   - host: a name or a numeric address, without brackets.
    ///   - port: copied into every address of the answer.
    ///   - token: handed back with the answer, so that the caller can tell a late one.
    ///   - observer: who is told.
    ///   - loop: the loop it is told on.
    func resolve(
        _ host: String,
        port: UInt16,
        token: UInt64,
        for observer: any ResolutionObserver,
        on loop: isolated EventLoop
    )

    /// Why it is our own side that `host` has no answer yet, in words; nil when it is the name's.
    ///
    /// Who meets a deadline before the answer learns from it whose fault that is: a look-up that waits for others to end, so
    /// that nobody was asked yet, or a name service that answers for no name at all, is ours. Nil by default.
    func ownDelay(of host: String, on loop: isolated EventLoop) -> String?
}

extension Resolver {
    package func ownDelay(of host: String, on loop: isolated EventLoop) -> String? { nil }
}

/// Is told what a name resolved to.
package protocol ResolutionObserver: AnyObject {
    /// Called on the loop.
    func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop)
}

/// What a name resolved to.
package enum ResolutionAnswer: Hashable, Sendable {
    /// At least one address, in the order the system prefers.
    case addresses([SocketAddress])
    case failed(ResolutionFailure)
}

extension ResolutionAnswer {
    /// The answer in one line, for people.
    package var summary: String {
        switch self {
        case .addresses(let addresses): addresses.map(\.host).joined(separator: ", ")
        case .failed(let failure): failure.message
        }
    }
}

/// Why a name has no address.
package struct ResolutionFailure: Error, Hashable, Sendable {
    /// What kind of trouble it is.
    package enum Kind: Hashable, Sendable {
        /// The name does not exist or has no address: NXDOMAIN, no data.
        case notFound
        /// The servers did not answer, or answered with an error: try again.
        case temporary
        /// Our own side: too many look-ups wait, no thread, no memory. Never counts against a target.
        case ours
    }

    package let kind: Kind
    /// The system's text, in lower case.
    package let message: String
    /// What the agent lacked; nil unless the kind is `ours`.
    package let problem: InternalProblem?

    /// - Parameters:
    ///   - kind: what kind of trouble it is.
    ///   - message: the system's text, in lower case.
    ///   - problem: what the agent lacked; by default, for trouble of ours, the name service.
    package init(kind: Kind, message: String, problem: InternalProblem = .nameService) {
        self.kind = kind
        self.message = message
        self.problem = kind == .ours ? problem : nil
    }
}
