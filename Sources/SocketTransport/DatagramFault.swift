// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// Why datagrams cannot be exchanged with one address.
struct DatagramFault {
    /// How much a fault says, when several addresses of one name failed differently; in the order of `ConnectFault`.
    enum Weight: Int, Comparable {
        case familyMissing
        case noRoute
        case ours
        case answered

        static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    let reason: FailureReason
    let weight: Weight
    /// What the address did, in words, to follow it.
    let summary: String
    let error: SystemError?
    /// What the agent lacked, where it did and that has a name.
    let problem: InternalProblem?

    /// Judges an error of a datagram socket.
    ///
    /// - Parameters:
    ///   - error: what a call, or the socket later, said.
    ///   - kind: what the socket carries.
    ///   - address: who it is connected to.
    ///   - isLocal: whether a call failed by itself, so that nothing was sent; an ICMP message is the cause otherwise.
    ///   - isCutOff: whether no route at all leads off this machine.
    init(_ error: SystemError, _ kind: DatagramKind, address: SocketAddress, isLocal: Bool, isCutOff: Bool = false) {
        self.error = error
        problem = error.isMissingRoute ? (isLocal && isCutOff ? .route : nil) : error.problem
        let text = error.text.prefix(1).lowercased() + error.text.dropFirst()
        switch error.code {
        case ECONNREFUSED:
            (reason, weight, summary) = (.refused, .answered, "says that nobody listens there (ICMP port unreachable)")
        case EACCES where isLocal && kind == .echo, EPERM where isLocal && kind == .echo:
            (reason, weight) = (.internal, .ours)
            summary =
                "could not be tried: the kernel lets no group of the agent send echo requests "
                + "(set the sysctl net.ipv4.ping_group_range to include one, such as \"0 2147483647\")"
        case EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN, EADDRNOTAVAIL, EADDRINUSE, ENOSPC, EMSGSIZE, EINVAL:
            // No descriptor, memory or port left, or a datagram that our own link does not carry.
            (reason, weight, summary) = (.internal, .ours, "could not be tried: \(text)")
        case EPERM where isLocal, EACCES where isLocal:
            // Our own firewall or sandbox forbids it.
            (reason, weight, summary) = (.internal, .ours, "could not be tried: \(text)")
        case EAFNOSUPPORT, EPROTONOSUPPORT:
            (reason, weight, summary) = (.internal, .familyMissing, "could not be tried: no support for its family")
        case ENETUNREACH where isLocal && isCutOff, ENETDOWN where isLocal && isCutOff:
            let family = address.isIPv6 ? "IPv6" : "IPv4"
            (reason, weight) = (.internal, .familyMissing)
            summary = "could not be tried: this machine has no \(family) route to anywhere"
        default:
            (reason, weight) = (.unreachable, isLocal ? .noRoute : .answered)
            summary = "is unreachable: \(text)"
        }
    }

    /// An address that the agent's configuration denies: a missing route, as for `ConnectFault`.
    static var denied: DatagramFault { DatagramFault(.unreachable, .noRoute, "is denied by addresses.deny") }

    private init(_ reason: FailureReason, _ weight: Weight, _ summary: String) {
        self.reason = reason
        self.weight = weight
        self.summary = summary
        error = nil
        problem = nil
    }

    /// A socket that the descriptor budget did not allow.
    init(budget: Int) {
        reason = .internal
        weight = .ours
        summary = "could not be tried: all \(budget) descriptors for probes are in use"
        error = nil
        problem = .descriptors
    }
}
