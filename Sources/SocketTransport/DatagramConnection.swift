// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HealthModel
package import LinuxRuntime

/// An exchange of datagrams with one host, opened and closed again and again.
///
/// Opening looks the name up, then connects a socket to its first address: so the kernel drops what others send, and tells when
/// nobody listens there (ICMP). After an error the next address is used. Everything ends at one deadline.
///
/// The socket counts against the loop's descriptor budget as long as it is open.
package final class DatagramConnection {
    /// Where opening stands.
    enum State {
        case closed
        case resolving
        case open(CInt)
    }

    /// A name or a numeric address, without brackets.
    package let host: String
    /// In host order; 0 for ICMP.
    package let port: UInt16
    /// What the socket carries.
    package let kind: DatagramKind
    /// When opening began.
    package private(set) var startedAt = MonotonicInstant(nanoseconds: 0)
    /// When everything must be decided.
    package private(set) var deadline = MonotonicInstant(nanoseconds: 0)
    /// How long the look-up took; nil when there was none.
    package internal(set) var lookUpDuration: Duration?
    /// The address in use, or the last that was.
    package private(set) var address: SocketAddress?

    let resolver: any Resolver
    private let receiveLimit: Int
    private let numericAddress: SocketAddress?
    var state = State.closed
    private var observer: (any DatagramConnectionObserver)?
    var generation: UInt64 = 0
    private var waiting: ArraySlice<SocketAddress> = []
    private var addressCount = 0
    private var timer: TimerID?
    /// Set while datagrams are left that were not taken in their turn.
    private var rest: TimerID?
    /// The most telling fault so far, and whose it is.
    private var fault: (fault: DatagramFault, address: SocketAddress)?
    /// How long after the start of its turn of the loop the address in use was opened.
    private var lag = Duration.zero
    /// Most datagrams that are taken in one turn, so that a flood delays no other probe.
    private static let receivedPerTurn = 64

    /// Prepares an exchange; nothing is opened or looked up yet.
    ///
    /// - Parameters:
    ///   - kind: what the socket carries.
    ///   - host: a name or a numeric address, without brackets.
    ///   - port: in host order; 0 for ICMP.
    ///   - receiveLimit: how many bytes of a datagram are read; the rest is lost.
    ///   - resolver: who looks the name up.
    package init(_ kind: DatagramKind, host: String, port: UInt16, receiveLimit: Int, resolver: any Resolver) {
        precondition(receiveLimit > 0, "datagrams of \(receiveLimit) bytes")
        self.kind = kind
        self.host = host
        self.port = port
        self.receiveLimit = receiveLimit
        self.resolver = resolver
        numericAddress = SocketAddress(numeric: host, port: port)
    }

    /// Opens the exchange, and ends it at `deadline`; only for a closed one.
    package func open(
        by deadline: MonotonicInstant,
        for observer: any DatagramConnectionObserver,
        on loop: isolated EventLoop
    ) {
        guard case .closed = state else { preconditionFailure("\(host):\(port) is opened, but was not closed") }
        self.deadline = deadline
        self.observer = observer
        startedAt = loop.now
        lookUpDuration = nil
        address = nil
        fault = nil
        lag = .zero
        generation &+= 1
        state = .resolving
        timer = loop.schedule(self, at: deadline)
        if let numericAddress {
            use([numericAddress], on: loop)
        } else {
            resolver.resolve(host, port: port, token: generation, for: self, on: loop)
        }
    }

    /// Sends one datagram; only while open.
    ///
    /// An error is told as if it had come from the network.
    package func send(_ datagram: [UInt8], on loop: isolated EventLoop) {
        guard case .open(let descriptor) = state, let address else {
            preconditionFailure("a datagram for \(host):\(port), which is not open")
        }
        loop.trace?.sent(datagram, at: loop.kernel.now)
        do {
            try loop.kernel.send(descriptor, datagram[...])
        } catch {
            // A full send buffer loses this datagram, as the network may lose any.
            guard error.code != EAGAIN else { return }
            // An error that came from the network meanwhile is told by the next call; ECONNREFUSED can be nothing else.
            let isLocal = error.code != ECONNREFUSED
            fail(
                DatagramFault(error, kind, address: address, isLocal: isLocal, isCutOff: isCutOff(error, loop)),
                on: loop
            )
        }
    }

    /// Ends the exchange without telling the observer; does nothing when closed.
    package func close(on loop: isolated EventLoop) {
        for timer in [timer, rest].compactMap(\.self) { loop.cancel(timer) }
        timer = nil
        rest = nil
        release(on: loop)
        state = .closed
        observer = nil
        waiting = []
    }

    /// The failure of an exchange in which nothing came, for an observer that was told so.
    package func silence(_ shortfall: Duration?) -> Failure {
        let who = address.map(name(of:)) ?? host
        if let shortfall {
            let missing = "the agent was late and left it \(shortfall.readable) less than it should"
            return Failure(
                .internal,
                "\(who) did not answer, but \(missing)",
                evidence: Evidence(problem: .lateness)
            )
        }
        let waited = (startedAt.duration(to: deadline) - (lookUpDuration ?? .zero)).readable
        return Failure(.timeout, "\(who) did not answer within \(waited)", evidence: Evidence(phase: .firstByte))
    }

    /// Begins with the first of `addresses`.
    func use(_ addresses: [SocketAddress], on loop: isolated EventLoop) {
        waiting = addresses[...]
        addressCount = addresses.count
        openNext(on: loop)
    }

    /// Opens the next address; when none is left, the most telling fault is what became of all.
    private func openNext(on loop: isolated EventLoop) {
        while let next = waiting.popFirst() {
            address = next
            lag = loop.now.duration(to: loop.kernel.now)
            guard let fault = open(next, on: loop) else {
                loop.trace?.note(.connect, "talking to \(name(of: next))", at: loop.kernel.now)
                observer?.opened(self, on: loop)
                return
            }
            remember(fault)
        }
        guard let fault else { preconditionFailure("\(host):\(port) has no address to open") }
        address = fault.address
        let others = addressCount > 1 ? " (\(addressCount) addresses)" : ""
        let failure = Failure(
            fault.fault.reason,
            "\(name(of: fault.address)) \(fault.fault.summary)\(others)",
            evidence: Evidence(phase: .connect, systemError: fault.fault.error, problem: fault.fault.problem)
        )
        end(with: failure, layer: .l4Connection, on: loop)
    }

    /// Opens one address; the fault when that fails, and then nothing is left of it.
    private func open(_ address: SocketAddress, on loop: isolated EventLoop) -> DatagramFault? {
        // The last look before a socket is opened: whatever named the address, it is this one that is contacted.
        guard !loop.addressRules.denies(address.bytes) else { return .denied }
        guard loop.budget.take(1) else { return DatagramFault(budget: loop.budget.limit) }
        do {
            let descriptor = try loop.kernel.openDatagram(kind, for: address)
            state = .open(descriptor)
            _ = try loop.kernel.connect(descriptor, to: address)
            try loop.watch(descriptor, self)
            return nil
        } catch {
            if case .open = state { release(on: loop) } else { loop.budget.give(back: 1) }
            return DatagramFault(error, kind, address: address, isLocal: true, isCutOff: isCutOff(error, loop))
        }
    }

    /// Keeps the fault that says most; the first of equals.
    private func remember(_ new: DatagramFault) {
        guard let address else { return }
        if let fault, fault.fault.weight >= new.weight { return }
        fault = (new, address)
    }

    /// How messages name an address: ICMP has no ports.
    private func name(of address: SocketAddress) -> String {
        kind == .echo ? address.host : address.description
    }

    private func isCutOff(_ error: SystemError, _ loop: isolated EventLoop) -> Bool {
        guard let address, error.isMissingRoute else { return false }
        return !loop.kernel.hasRoute(like: address)
    }

    private func fail(_ fault: DatagramFault, on loop: isolated EventLoop) {
        release(on: loop)
        remember(fault)
        openNext(on: loop)
    }

    /// Ends the exchange with what the observer is told.
    func end(with failure: Failure, layer: Layer, on loop: isolated EventLoop) {
        let observer = observer
        close(on: loop)
        observer?.failed(self, failure, layer: layer, on: loop)
    }

    private func release(on loop: isolated EventLoop) {
        guard case .open(let descriptor) = state else { return }
        loop.close(descriptor)
        loop.budget.give(back: 1)
        state = .resolving
    }

    /// Takes what has come, at most so many datagrams; the loop comes back for the rest.
    private func drain(_ descriptor: CInt, on loop: isolated EventLoop) {
        let opening = generation
        for _ in 0..<Self.receivedPerTurn {
            guard case .open(descriptor) = state, opening == generation, let address else { return }
            switch loop.kernel.receive(descriptor, limit: receiveLimit) {
            case .wouldBlock: return
            case .datagram(let bytes, let sender):
                // The kernel checks the sender of UDP; an echo socket takes replies from anybody.
                if let sender, sender.bytes != address.bytes || kind == .udp && sender.port != address.port { continue }
                loop.trace?.received(bytes, at: loop.kernel.now)
                observer?.received(self, bytes, on: loop)
            case .failed(let error):
                return fail(DatagramFault(error, kind, address: address, isLocal: false), on: loop)
            }
        }
        // Readiness is told once: whatever is left is taken in the next turn.
        rest = loop.schedule(self, at: loop.now)
    }
}

extension DatagramConnection: DescriptorHandler {
    package func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        guard case .open(descriptor) = state, !events.isDisjoint(with: [.readable, .error]) else { return }
        drain(descriptor, on: loop)
    }
}

extension DatagramConnection: TimerHandler {
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        if timer == rest {
            rest = nil
            if case .open(let descriptor) = state { drain(descriptor, on: loop) }
            return
        }
        guard timer == self.timer else { return }
        self.timer = nil
        switch state {
        case .closed: break
        case .resolving: lookUpTimedOut(on: loop)
        case .open(let descriptor):
            let opening = generation
            // What came in time but was not handed out yet, because the loop is late, still counts.
            drain(descriptor, on: loop)
            guard case .open = state, opening == generation, let observer else { return }
            let missing = lag - deadline.duration(to: loop.kernel.now)
            let isOurs = missing * 10 > startedAt.duration(to: deadline)
            close(on: loop)
            observer.timedOut(self, shortfall: isOurs ? missing : nil, on: loop)
        }
    }
}
