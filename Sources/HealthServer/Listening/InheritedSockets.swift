// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Synchronization

/// The listening sockets that the service manager opened before it started the agent (sd_listen_fds(3)).
///
/// Such sockets outlive a restart, so that no client is refused meanwhile, and may have ports and owners that the agent itself
/// could not take.
package final class InheritedSockets: Sendable {
    /// One descriptor and the name it came with.
    package struct Socket: Hashable, Sendable {
        package let descriptor: Int32
        /// The unit's `FileDescriptorName`; `unknown` or the unit's own name where none was given.
        package let name: String
    }

    /// The first descriptor that is passed (`SD_LISTEN_FDS_START`).
    package static let firstDescriptor: Int32 = 3
    /// The most descriptors that are looked at.
    private static let mostSockets: Int32 = 256

    private let waiting: Mutex<[Socket]>

    /// Sockets in the order in which they were passed.
    package init(_ sockets: [Socket] = []) {
        waiting = Mutex(sockets)
    }

    /// Takes over what was passed to this process, and nothing when it was meant for another one.
    ///
    /// Every descriptor becomes close-on-exec at once, so that no script inherits it. To be called once, before anything else
    /// is opened.
    ///
    /// - Parameters:
    ///   - environment: gives the value of a variable.
    ///   - processID: this process.
    ///   - firstDescriptor: where the passed descriptors begin.
    package convenience init(
        environment: (String) -> String?,
        processID: Int32 = getpid(),
        firstDescriptor: Int32 = InheritedSockets.firstDescriptor
    ) {
        guard environment("LISTEN_PID").flatMap(Int32.init) == processID,
            let count = environment("LISTEN_FDS").flatMap(Int32.init), (1...Self.mostSockets).contains(count)
        else {
            self.init()
            return
        }
        let names = (environment("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
        let sockets = (0..<count).map { index in
            let descriptor = firstDescriptor + index
            // A descriptor that is not open is told of when it is asked for.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return Socket(descriptor: descriptor, name: Int(index) < names.count ? String(names[Int(index)]) : "unknown")
        }
        self.init(sockets)
    }

    /// What nobody has taken yet.
    package var unused: [Socket] { waiting.withLock { $0 } }

    /// Gives away the first socket of that name, or the first one at all, as a listener's own.
    func take(name: String?) throws(ListenError) -> AdoptedSocket {
        let taken = waiting.withLock { waiting -> Socket? in
            guard let index = waiting.firstIndex(where: { name == nil || $0.name == name }) else { return nil }
            return waiting.remove(at: index)
        }
        guard let taken else {
            let reason =
                name == nil
                ? "no socket was passed for it (LISTEN_FDS; is the .socket unit started?)"
                : "no socket of this name was passed (LISTEN_FDNAMES; see FileDescriptorName= in the .socket unit)"
            throw ListenError(address: .inherited(name: name), reason: reason)
        }
        return try AdoptedSocket(taken.descriptor, as: .inherited(name: name))
    }
}
