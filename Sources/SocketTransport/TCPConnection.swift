// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// A TCP connection to one host and port, opened and closed again and again.
///
/// One object per target, reused for every run: opening looks the name up, tries its addresses as `ConnectRace` says within
/// one deadline for everything, and keeps the first connection. What a run needs is kept for the next.
///
/// ```
/// closed ──open──▶ resolving ──addresses──▶ connecting ──connected──▶ open
///    ▲                 │ no address, deadline   │ all failed, deadline   │
///    └─────────────────┴────────────────────────┴────────close───────────┘
/// ```
///
/// Each socket counts against the loop's descriptor budget as long as it is open. Closing resets the connection (RST), which
/// leaves no TIME_WAIT behind on either side.
package final class TCPConnection {
    /// Where opening stands; see the picture above.
    enum State {
        case closed
        case resolving
        case connecting
        case open(CInt, SocketAddress)
    }

    /// One socket that is connecting.
    struct Attempt {
        var descriptor: CInt
        var address: SocketAddress
        /// How long after the start of its turn of the loop the attempt was made.
        var lag: Duration
    }

    /// How much of a connection an exchange looks at for which it was kept; to open one takes all of it.
    package static let bytesOfKept: UInt = 128

    /// Where opening stands.
    var state = State.closed
    /// Who is told, from `open` until `close`.
    var observer: (any TCPConnectionObserver)?
    /// The only address, when the host is numeric or one is given.
    let numericAddress: SocketAddress?

    /// A name or a numeric address, without brackets.
    package let host: String
    /// In host order.
    package let port: UInt16

    /// Who looks the name up.
    let resolver: any Resolver
    /// Which addresses of the host are contacted, and from where.
    let choice: AddressChoice
    /// Whether the peer has nothing to say before we have.
    let speaksFirst: Bool
    /// Counts the openings, so that a look-up's late answer is known as late.
    var generation: UInt64 = 0
    /// What the name resolved to, in the order to try.
    var addresses: [SocketAddress] = []
    /// Which address is tried when.
    var race = ConnectRace(count: 0, at: MonotonicInstant(nanoseconds: 0))
    /// What is connecting now, the oldest first.
    var attempts: [Attempt] = []
    /// The most telling fault so far.
    var fault: ConnectFault?
    /// For the deadline or, when that is sooner, the next address.
    var timer: TimerID?
    /// When opening must be decided.
    var deadline = MonotonicInstant(nanoseconds: 0)
    /// When opening began.
    var startedAt = MonotonicInstant(nanoseconds: 0)
    /// When the first attempt began; nil before.
    var connectStartedAt: MonotonicInstant?
    /// What is known of the phases' lengths.
    var phases = PhaseTimings()

    /// Prepares a connection; nothing is opened or looked up yet.
    ///
    /// - Parameters:
    ///   - host: a name or a numeric address, without brackets.
    ///   - port: in host order.
    ///   - choice: which addresses of the host are contacted, and from where; its policy is not this connection's affair.
    ///   - speaksFirst: whether the peer has nothing to say before we have. The handshake is then acknowledged with what we say or,
    ///     when the connection is closed as soon as it is open, by the reset, so that the server's program never hears of it: a
    ///     packet less for both sides.
    ///   - resolver: who looks the name up.
    package init(
        host: String,
        port: UInt16,
        choosing choice: AddressChoice = AddressChoice(),
        speaksFirst: Bool = false,
        resolver: any Resolver
    ) {
        self.speaksFirst = speaksFirst
        self.host = host
        self.port = port
        self.choice = choice
        self.resolver = resolver
        numericAddress =
            choice.resolve.map { SocketAddress(bytes: $0.bytes, port: port) }
            ?? SocketAddress(numeric: host, port: port)
        if let numericAddress { addresses = [numericAddress] }
    }

    /// The descriptor of the open connection; nil in every other state.
    package var descriptor: CInt? {
        if case .open(let descriptor, _) = state { descriptor } else { nil }
    }

    /// Opens the connection by `deadline`, look-up included, and tells `observer` how it went.
    ///
    /// Only for a closed connection; anything else is a programmer error.
    package func open(
        by deadline: MonotonicInstant,
        for observer: any TCPConnectionObserver,
        on loop: isolated EventLoop
    ) {
        guard case .closed = state else { preconditionFailure("\(host):\(port) is opened, but was not closed") }
        self.deadline = deadline
        self.observer = observer
        startedAt = loop.now
        connectStartedAt = nil
        phases = PhaseTimings()
        fault = nil
        generation &+= 1
        if numericAddress != nil {
            beginConnecting(on: loop)
        } else {
            state = .resolving
            timer = loop.schedule(self, at: deadline)
            resolver.resolve(host, port: port, token: generation, for: self, on: loop)
        }
    }

    /// Closes the connection with a reset, or ends opening it, without telling the observer; does nothing when closed.
    package func close(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        for attempt in attempts { release(attempt.descriptor, on: loop) }
        forgetAttempts()
        if case .open(let descriptor, let address) = state { reset(descriptor, of: address, on: loop) }
        if numericAddress == nil { addresses = [] }
        state = .closed
        observer = nil
    }

    /// Forgets what is connecting and keeps the room; one by one, because mostly there is one or none, and to remove a range is dearer.
    func forgetAttempts() {
        while !attempts.isEmpty { attempts.removeLast() }
    }

    /// Ends a connection with a reset, and gives its descriptor back to the budget.
    private func reset(_ descriptor: CInt, of address: SocketAddress, on loop: isolated EventLoop) {
        loop.budget.give(back: 1)
        guard choice.source != nil else { return loop.reset(descriptor, connectedTo: address) }
        // It stays bound to the address that it is sent from.
        loop.kernel.resetOnClose(descriptor)
        loop.close(descriptor)
    }

    /// Closes a descriptor and gives it back to the budget.
    func release(_ descriptor: CInt, on loop: isolated EventLoop) {
        loop.close(descriptor)
        loop.budget.give(back: 1)
    }

    /// Ends opening without a connection.
    func fail(_ failure: Failure, layer: Layer, address: SocketAddress?, on loop: isolated EventLoop) {
        let observer = observer
        let report = ConnectReport(
            failure: failure,
            layer: layer,
            address: address,
            startedAt: startedAt,
            phases: phases
        )
        close(on: loop)
        observer?.opened(self, report, on: loop)
    }
}

extension TCPConnection: TimerHandler {
    /// The deadline has come, or the time for the next address.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        self.timer = nil
        switch state {
        case .closed, .open: break
        case .resolving: resolutionTimedOut(on: loop)
        case .connecting where loop.now >= deadline: settleAtDeadline(on: loop)
        case .connecting: continueConnecting(on: loop)
        }
    }
}
