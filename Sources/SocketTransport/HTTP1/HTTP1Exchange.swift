// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// One prepared request over HTTP/1.1 on our own socket, exchanged again and again.
///
/// ```
/// idle ──start──▶ checking (a name, a kept connection) ──same address──▶ waiting ──answer──▶ idle
///   │                     │ other address                                  ▲
///   └────no connection────┴──▶ connecting ──open──▶ (securing, with TLS) ──┘
/// ```
///
/// A kept connection that dies before a byte of the answer is replaced, once. What is needed only while an exchange is under way,
/// all exchanges of a transport share, so that one on a kept connection allocates nothing but what it hands out.
final class HTTP1Exchange {
    /// A run, and the bytes that are sent in it.
    final class Run: ExchangeRun {
        /// What is sent.
        var bytes: [UInt8] = []
        /// How much of it the kernel has taken.
        var sent = 0
        /// Whether the peer was seen to have ended its side, possibly behind an answer.
        var sawEnd = false
    }

    /// Whether the connection is kept for the next exchange.
    let isKept: Bool
    /// The request as it is sent.
    let bytes: HTTP1RequestBytes
    /// The one connection, open or closed.
    let connection: TCPConnection
    /// Says whether a name still leads to the kept connection's peer.
    let resolver: any Resolver
    /// Where answers are read to, and where runs come from.
    let workspace: HTTP1Workspace
    /// TLS; nil for plain HTTP.
    let security: HTTP1Security?
    /// Takes the answer apart.
    var reader: HTTP1ResponseReader
    /// The exchange under way.
    var run: Run?
    /// The peer of the connection that is open, or was last.
    var peer: SocketAddress?
    /// The same as text, made once.
    var peerText: String?
    /// Tells a late answer of the resolver.
    var question: UInt64 = 0

    init(_ request: HTTPRequest, resolver: any Resolver, workspace: HTTP1Workspace, security: HTTP1Security? = nil) {
        isKept = request.connection == .reuse
        self.security = security
        self.resolver = resolver
        self.workspace = workspace
        bytes = HTTP1RequestBytes(request)
        reader = HTTP1ResponseReader(request)
        let address = request.url.address
        connection = TCPConnection(
            host: address.host,
            port: UInt16(clamping: address.port),
            choosing: AddressChoice(family: request.family, resolve: request.resolve, source: request.source),
            speaksFirst: true,
            resolver: resolver
        )
    }
}

extension HTTP1Exchange: HTTPExchange {
    func start(
        deadline: MonotonicInstant,
        adding fields: [HTTPField],
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(run == nil, "an exchange with \(connection.host) starts before the one before has ended")
        if let security {
            if let successor = security.successor {
                return successor.start(deadline: deadline, adding: fields, token: token, for: observer, on: loop)
            }
            security.fields = fields
        }
        let now = loop.kernel.now
        let run = workspace.takeRun()
        run.begin(from: now, to: deadline, token: token, for: observer)
        run.bytes = bytes.adding(fields)
        run.sent = 0
        run.sawEnd = false
        self.run = run
        guard connection.descriptor != nil else { return openConnection(on: loop) }
        run.isReused = true
        guard connection.numericAddress == nil else { return send(at: now, on: loop) }
        // A name may have moved since.
        run.stage = .checking
        run.watchDeadline(for: self, on: loop)
        question &+= 1
        resolver.resolve(connection.host, port: connection.port, token: question, for: self, on: loop)
    }

    func collect(into footprint: inout Footprint) {
        footprint.add(self)
        footprint.add(connection, first: isKept ? TCPConnection.bytesOfKept : Footprint.mostBytes)
        footprint.add(bytes.whole)
    }

    func liftDeadline(on loop: isolated EventLoop) {
        security?.successor?.liftDeadline(on: loop)
        if let run, run.stage == .waiting { run.forgetDeadline(on: loop) }
    }

    func cancel(on loop: isolated EventLoop) {
        security?.successor?.cancel(on: loop)
        guard let run else { return }
        _ = end(run, on: loop)
        closeConnection(on: loop)
    }

    /// Ends the run under way, which another exchange may then use; gives who is to be told.
    func end(_ run: Run, on loop: isolated EventLoop) -> (any HTTPExchangeObserver)? {
        run.forgetDeadline(on: loop)
        self.run = nil
        run.bytes = []
        let observer = run.end()
        workspace.keep(run)
        return observer
    }

    func close(on loop: isolated EventLoop) {
        cancel(on: loop)
        security?.successor?.close(on: loop)
        closeConnection(on: loop)
    }
}
