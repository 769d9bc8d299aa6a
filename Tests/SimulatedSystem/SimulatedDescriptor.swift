// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// One open descriptor, for leak checks.
package struct OpenDescriptor: Hashable, Sendable, CustomStringConvertible {
    package let number: CInt
    /// What it is: `socket to 10.0.0.5:80`, `exit of process 1000`.
    package let kind: String

    package var description: String { "\(number) (\(kind))" }
}

/// One opening of a descriptor: the number alone is given out again.
struct DescriptorHandle: Hashable, Sendable {
    let number: CInt
    let serial: UInt64
}

/// A descriptor as the simulated kernel keeps it.
struct SimulatedDescriptor: Sendable {
    /// What was opened.
    enum Kind: Hashable {
        /// A stream socket with what became of it.
        case stream(Stream)
        /// A datagram socket, and the peer it is connected to.
        case datagram(DatagramKind, SocketAddress?)
        /// A kept connection of the simulated HTTP transport.
        case connection(peer: String)
        /// The reading end of a pipe.
        case pipe(name: String)
        /// Readable when the process has ended.
        case exit(ProcessID)
    }

    /// The states of a stream socket.
    enum Stream: Hashable {
        case fresh
        case connecting(SocketAddress)
        case connected(SocketAddress)
        case failed(SocketAddress)
    }

    var kind: Kind
    let serial: UInt64
    /// What `wait` reports it with; nil when it is not watched.
    var token: UInt64?
    var pendingError: SystemError?
    /// What can be read.
    var bytes: [UInt8] = []
    /// The datagrams that can be taken.
    var datagrams: [[UInt8]] = []
    /// Nothing more will come: the writers of a pipe are gone, the process has ended.
    var hasEnded = false
    var resetsOnClose = false
    /// Whether `connect` has said that the socket is connected.
    var toldConnected = false

    init(_ kind: Kind, serial: UInt64) {
        self.kind = kind
        self.serial = serial
    }

    /// What epoll would report now; a socket that was never connected is writable and hung up, as in Linux.
    var events: Readiness.Events {
        switch kind {
        case .stream(.fresh): return [.writable, .hangUp]
        case .stream(.connecting), .connection: return []
        case .stream(.connected): return .writable
        case .stream(.failed):
            let failed: Readiness.Events = [.readable, .writable, .hangUp, .peerClosed]
            return pendingError == nil ? failed : failed.union(.error)
        case .datagram:
            let readable: Readiness.Events = datagrams.isEmpty ? .writable : [.readable, .writable]
            return pendingError == nil ? readable : readable.union(.error)
        case .pipe:
            let readable: Readiness.Events = bytes.isEmpty ? [] : .readable
            return hasEnded ? readable.union(.hangUp) : readable
        case .exit: return hasEnded ? .readable : []
        }
    }

    var text: String {
        switch kind {
        case .stream(.fresh): "socket"
        case .stream(.connecting(let address)), .stream(.connected(let address)), .stream(.failed(let address)):
            "socket to \(address)"
        case .datagram(let kind, let peer): "\(kind) socket\(peer.map { " to \($0)" } ?? "")"
        case .connection(let peer): "connection to \(peer)"
        case .pipe(let name): name
        case .exit(let process): "exit of process \(process)"
        }
    }
}
