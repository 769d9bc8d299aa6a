// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import TransportSecurity

/// One prepared request over HTTP/2 on our own socket, exchanged again and again, its answer told part by part.
///
/// ```
/// idle ──start──▶ checking (a name, a kept connection) ──same address──▶ waiting ──answer──▶ idle
///   │                     │ other address                                  ▲
///   └────no connection────┴──▶ connecting ──open──▶ (securing, with TLS) ──┘
/// ```
///
/// The connection carries one stream at a time. A kept one that the server gives up, or that dies, before anything of the answer
/// came is replaced, once; so is any on which the server refuses the request unseen (RFC 9113 section 8.7).
final class HTTP2Exchange {
    /// A run, and the fields that are sent in it.
    final class Run: ExchangeRun {
        /// What is sent.
        let fields: HTTP2RequestFields
        /// Whether the observer was told of the answer's fields.
        var hasBegun = false

        init(_ fields: HTTP2RequestFields) {
            self.fields = fields
        }
    }

    /// What is asked.
    let request: HTTPRequest
    /// Its fields as they are sent.
    let fields: HTTP2RequestFields
    /// The one connection, open or closed.
    let stream: ByteStream
    /// Says whether a name still leads to the kept connection's peer.
    let resolver: any Resolver
    /// How TLS is done; nil without.
    let profile: TLSProfile?
    /// HTTP/2 on the open connection; nil without one.
    var session: HTTP2Session?
    /// The exchange under way.
    var run: Run?
    /// The peer of the connection that is open, or was last.
    var peer: SocketAddress?
    /// The same as text, made once.
    var peerText: String?
    /// Tells a late answer of the resolver.
    var question: UInt64 = 0
    /// How many of the peer's bytes came since the newest part of an answer.
    var idleBytes = 0

    /// Most bytes that a peer may send that are no part of an answer: settings, pings, and how they are wrapped.
    static let maximumIdleBytes = 1_048_576
    /// The second is offered so that a server without the first says so in order.
    static let offer = ProtocolOffer(["h2", "http/1.1"])

    init(_ request: HTTPRequest, resolver: any Resolver, profile: TLSProfile?) {
        self.request = request
        self.resolver = resolver
        self.profile = profile
        fields = HTTP2RequestFields(request)
        let address = request.url.address
        let connection = TCPConnection(
            host: address.host,
            port: UInt16(clamping: address.port),
            choosing: AddressChoice(family: request.family, resolve: request.resolve, source: request.source),
            speaksFirst: true,
            resolver: resolver
        )
        stream = ByteStream(over: connection)
        stream.showsBytes = false
    }
}

extension HTTP2Exchange: HTTPExchange {
    func start(
        deadline: MonotonicInstant,
        adding fields: [HTTPField],
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(run == nil, "an exchange with \(stream.connection.host) starts before the one before has ended")
        let run = Run(self.fields.adding(fields))
        run.begin(from: loop.kernel.now, to: deadline, token: token, for: observer)
        self.run = run
        guard stream.isOpen, session?.takesRequests == true else { return openConnection(on: loop) }
        run.isReused = true
        let connection = stream.connection
        guard connection.numericAddress == nil else { return send(on: loop) }
        // A name may have moved since.
        run.stage = .checking
        run.watchDeadline(for: self, on: loop)
        question &+= 1
        resolver.resolve(connection.host, port: connection.port, token: question, for: self, on: loop)
    }

    func collect(into footprint: inout Footprint) {
        footprint.add(self)
        stream.collect(into: &footprint)
    }

    func liftDeadline(on loop: isolated EventLoop) {
        guard let run, run.stage == .waiting, run.timer != nil else { return }
        run.forgetDeadline(on: loop)
        // A stream may be silent for hours.
        if let descriptor = stream.connection.descriptor { loop.kernel.keepAlive(descriptor) }
    }

    func cancel(on loop: isolated EventLoop) {
        guard let run else { return }
        run.forgetDeadline(on: loop)
        self.run = nil
        closeConnection(on: loop)
    }

    func close(on loop: isolated EventLoop) {
        cancel(on: loop)
        closeConnection(on: loop)
    }
}
