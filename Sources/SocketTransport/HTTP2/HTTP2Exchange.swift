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
    /// Where a run stands; see the picture above.
    enum Stage {
        case checking
        case connecting
        case securing
        case waiting
    }

    /// What belongs to one exchange from its start to its result; an object, because every step looks at it.
    final class Run {
        /// Who is told.
        let observer: any HTTPExchangeObserver
        /// Handed back with the result.
        let token: UInt64
        /// When the exchange began.
        let startedAt: MonotonicInstant
        /// When it ends at the latest.
        let deadline: MonotonicInstant
        /// What is sent.
        let fields: HTTP2RequestFields
        /// How far it has come.
        var stage = Stage.connecting
        /// Whether it goes over a connection that was kept.
        var isReused = false
        /// Whether it is sent for the second time.
        var isRetry = false
        /// Whether the observer was told of the answer's fields.
        var hasBegun = false
        /// When the request was sent.
        var sentAt: MonotonicInstant
        /// When the answer began.
        var answeredAt: MonotonicInstant?
        /// Resolution, connection and TLS.
        var phases = PhaseTimings()
        /// For the deadline.
        var timer: TimerID?

        init(
            _ fields: HTTP2RequestFields,
            from startedAt: MonotonicInstant,
            to deadline: MonotonicInstant,
            token: UInt64,
            for observer: any HTTPExchangeObserver
        ) {
            self.fields = fields
            self.startedAt = startedAt
            self.deadline = deadline
            self.token = token
            self.observer = observer
            sentAt = startedAt
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
            for: .speaking,
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
        run = Run(self.fields.adding(fields), from: loop.kernel.now, to: deadline, token: token, for: observer)
        guard stream.isOpen, session?.takesRequests == true else { return openConnection(on: loop) }
        run?.isReused = true
        let connection = stream.connection
        guard connection.numericAddress == nil else { return send(on: loop) }
        // A name may have moved since.
        run?.stage = .checking
        run?.timer = loop.schedule(self, at: deadline)
        question &+= 1
        resolver.resolve(connection.host, port: connection.port, token: question, for: self, on: loop)
    }

    func liftDeadline(on loop: isolated EventLoop) {
        guard let run, run.stage == .waiting, let timer = run.timer else { return }
        loop.cancel(timer)
        run.timer = nil
        // A stream may be silent for hours.
        if let descriptor = stream.connection.descriptor { loop.kernel.keepAlive(descriptor) }
    }

    func cancel(on loop: isolated EventLoop) {
        guard let run else { return }
        if let timer = run.timer { loop.cancel(timer) }
        self.run = nil
        closeConnection(on: loop)
    }

    func close(on loop: isolated EventLoop) {
        cancel(on: loop)
        closeConnection(on: loop)
    }
}
