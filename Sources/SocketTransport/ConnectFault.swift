// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// Why one attempt to connect failed, and how much it says about the target.
struct ConnectFault {
    /// How much a fault says, when several addresses of one name failed differently.
    ///
    /// What came back from the network outweighs all: that is the target's answer. Our own trouble outweighs a missing
    /// route, because the address that we could not try might have answered, and our own failure must not count against
    /// the target. A machine without IPv6 has no say in the matter as long as another address does.
    enum Weight: Int, Comparable {
        case familyMissing
        case noRoute
        case ours
        case answered

        static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    let reason: FailureReason
    let weight: Weight
    /// What the address did, in words, to follow it: `refused the connection`.
    let summary: String
    let error: SystemError?
    /// What the agent lacked, where it did and that has a name.
    let problem: InternalProblem?
    let address: SocketAddress

    /// Judges an error of `socket` or `connect`.
    ///
    /// - Parameters:
    ///   - error: what the call, or the socket later, said.
    ///   - address: where the attempt went.
    ///   - isLocal: whether the call itself failed, so that nothing was sent: a missing route then, where it would be an
    ///     ICMP message otherwise.
    ///   - isCutOff: whether no route at all leads off this machine.
    init(_ error: SystemError, address: SocketAddress, isLocal: Bool, isCutOff: Bool = false) {
        self.error = error
        problem = error.isMissingRoute ? (isLocal && isCutOff ? .route : nil) : error.problem
        self.address = address
        switch error.code {
        case ECONNREFUSED:
            (reason, weight, summary) = (.refused, .answered, "refused the connection")
        case ECONNRESET, ECONNABORTED:
            (reason, weight, summary) = (.reset, .answered, "reset the connection")
        case ETIMEDOUT:
            (reason, weight, summary) = (.connectTimeout, .answered, "did not answer")
        case EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN, EADDRNOTAVAIL, EADDRINUSE, EPERM, EACCES, ENOSPC:
            // No descriptor, memory or port left, or our own firewall or sandbox forbids it. ENOSPC: epoll's watch limit.
            (reason, weight, summary) = (.internal, .ours, "could not be tried: \(error.text.withLowercasedInitial)")
        case EAFNOSUPPORT:
            (reason, weight, summary) = (.internal, .familyMissing, "could not be tried: no support for its family")
        case ENETUNREACH where isLocal && isCutOff, ENETDOWN where isLocal && isCutOff:
            let family = address.isIPv6 ? "IPv6" : "IPv4"
            (reason, weight) = (.internal, .familyMissing)
            summary = "could not be tried: this machine has no \(family) route to anywhere"
        default:
            (reason, weight) = (.unreachable, isLocal ? .noRoute : .answered)
            summary = "is unreachable: \(error.text.withLowercasedInitial)"
        }
    }

    /// An attempt that the descriptor budget did not allow.
    init(budget: Int, address: SocketAddress) {
        reason = .internal
        weight = .ours
        summary = "could not be tried: all \(budget) descriptors for probes are in use"
        error = nil
        problem = .descriptors
        self.address = address
    }

    /// An attempt that the agent's configuration forbids.
    ///
    /// It counts against the target like a missing route: from this machine there is no way to where its name leads.
    init(denied address: SocketAddress) {
        reason = .unreachable
        weight = .noRoute
        summary = "is denied by addresses.deny"
        error = nil
        problem = nil
        self.address = address
    }

    /// An attempt from an address that this machine does not have.
    init(source: IPAddress, _ error: SystemError, address: SocketAddress) {
        reason = .internal
        weight = .ours
        summary = "could not be tried from \(source): \(error.text.withLowercasedInitial)"
        self.error = error
        problem = error.problem
        self.address = address
    }

    /// An attempt that had no answer when the deadline came.
    init(unanswered address: SocketAddress, after duration: Duration) {
        reason = .connectTimeout
        weight = .answered
        summary = "did not answer within \(duration.readable)"
        error = nil
        problem = nil
        self.address = address
    }

    /// An attempt that had no answer when the deadline came, after our own slowness had taken `missing` of its time.
    init(unanswered address: SocketAddress, tooEarlyBy missing: Duration) {
        reason = .internal
        weight = .ours
        summary = "did not answer, but the agent was late and left it \(missing.readable) less than it should"
        error = nil
        problem = .lateness
        self.address = address
    }

    /// The failure as the outcome shows it, with `count`, the number of addresses there were.
    func failure(of count: Int) -> Failure {
        let others = count > 1 ? " (\(count) addresses)" : ""
        return Failure(
            reason,
            "\(address) \(summary)\(others)",
            evidence: Evidence(phase: .connect, systemError: error, problem: problem)
        )
    }
}

extension String {
    /// The C library's texts begin with a capital; our messages do not.
    fileprivate var withLowercasedInitial: String { prefix(1).lowercased() + dropFirst() }
}
