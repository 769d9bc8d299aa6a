// SPDX-License-Identifier: Apache-2.0

package import LinuxRuntime

/// A whole simulated system on one seed: kernel, names, HTTP servers and programs.
package struct SimulatedMachine: Sendable {
    package let kernel: SimulatedKernel
    package let resolver: SimulatedResolver
    package let transport: SimulatedTransport
    package let spawner: SimulatedSpawner
    /// On the kernel, not running yet.
    package let loop: EventLoop

    /// - Parameters:
    ///   - seed: decides everything that is drawn.
    ///   - network: what becomes of connection attempts.
    ///   - zone: what names resolve to.
    ///   - web: what HTTP servers do.
    ///   - programs: how programs go.
    ///   - chaos: how much is disturbed.
    ///   - descriptorLimit: how many descriptors may be open at once.
    package init(
        seed: UInt64 = 0,
        network: SimulatedNetwork = .always(.accepts(after: .milliseconds(1))),
        zone: SimulatedZone = .always(.addresses(["192.0.2.1"], after: .zero)),
        web: SimulatedWeb = .always(.answers(200, after: .milliseconds(1))),
        programs: SimulatedPrograms = .always(.exits(0, after: .milliseconds(1))),
        chaos: SimulatedChaos = .none,
        descriptorLimit: Int = 1_048_576
    ) {
        kernel = SimulatedKernel(seed: seed, network: network, chaos: chaos, descriptorLimit: descriptorLimit)
        resolver = SimulatedResolver(kernel, zone: zone)
        transport = SimulatedTransport(kernel, web: web)
        spawner = SimulatedSpawner(kernel, programs: programs)
        loop = EventLoop(kernel: kernel)
    }

    static let firstDescriptor: CInt = 3
    /// How long Linux tries by itself with its six retries (`tcp_syn_retries`).
    static let kernelGivesUpAfter = Duration.seconds(127)

    var now: MonotonicInstant
    var wallOffset: Int64
    var random: SimulationRandom
    var descriptorLimit: Int
    var disturbance = Disturbance.none
    var peers: [SocketAddress: PeerScript] = [:]
    var defaultPeer = SimulatedPeer.noRoute
    var faults: [KernelCall: [SystemError]] = [:]
    var isWoken = false
    var events = EventQueue<Event>()
    /// By descriptor number; nil where none is open.
    var sockets: [SimulatedSocket?] = []
    /// No descriptor below this index of `sockets` is free.
    var lowestFree = 0
    var openCount = 0
    var mostOpen = 0
    var opened: UInt64 = 0
    var reset: UInt64 = 0
    /// Tokens of watches that have ended, the last few.
    var oldTokens: [UInt64] = []
    /// Descriptors to look at in the next `wait`, in the order in which they got news.
    var news: [CInt] = []

    init(seed: UInt64, descriptorLimit: Int) {
        now = MonotonicInstant(nanoseconds: 1_000_000_000_000)
        // 2026-01-01T00:00:00Z at the start.
        wallOffset = 1_767_225_600_000_000_000 - now.nanoseconds
        random = SimulationRandom(seed: seed)
        self.descriptorLimit = descriptorLimit
    }

    /// An open socket, or a trap that says who used a closed descriptor.
    func socket(_ descriptor: CInt, for use: String) -> SimulatedSocket {
        let index = Int(descriptor - Self.firstDescriptor)
        guard sockets.indices.contains(index), let socket = sockets[index] else {
            preconditionFailure("\(use) uses descriptor \(descriptor), which is not open")
        }
        return socket
    }

    /// Replaces an open socket, and remembers it for the next `wait` when it has news.
    mutating func update(_ descriptor: CInt, _ socket: SimulatedSocket) {
        sockets[Int(descriptor - Self.firstDescriptor)] = socket
        if socket.hasNews, socket.token != nil { news.append(descriptor) }
    }

    /// Takes the next scripted fault of a call.
    mutating func takeFault(_ call: KernelCall) throws(SystemError) {
        guard var waiting = faults[call], !waiting.isEmpty else { return }
        let fault = waiting.removeFirst()
        faults[call] = waiting
        throw fault
    }

    /// Lets everything happen that is due.
    mutating func happen() {
        while let event = events.takeDue(at: now) {
            let index = Int(event.descriptor - Self.firstDescriptor)
            guard var socket = sockets[index], socket.serial == event.serial else { continue }
            apply(event, to: &socket)
            socket.hasNews = true
            update(event.descriptor, socket)
        }
    }

    private mutating func apply(_ event: Event, to socket: inout SimulatedSocket) {
        switch event.kind {
        case .connects(let peer):
            socket.state = .connected
            for (delay, action) in peer.actions {
                let next = Event(descriptor: event.descriptor, serial: event.serial, kind: .acts(action))
                events.add(next, at: now.advanced(by: delay))
            }
        case .fails(let error):
            socket.state = .failed
            socket.error = error
        case .acts(.sends(let bytes)):
            if socket.state == .connected { socket.inbox += bytes }
        case .acts(.closes):
            socket.peerHasClosed = true
        case .acts(.resets):
            socket.state = .failed
            socket.error = .connectionReset
            socket.inbox = []
        }
    }

    /// What `wait` reports now, at most 256 of it, each socket once; the rest stays for the next time.
    mutating func takeReady(into ready: inout [Readiness]) {
        var later: [CInt] = []
        for descriptor in news {
            let index = Int(descriptor - Self.firstDescriptor)
            guard var socket = sockets[index], let token = socket.token, socket.hasNews else { continue }
            guard ready.count < 256 else {
                later.append(descriptor)
                continue
            }
            socket.hasNews = false
            sockets[index] = socket
            let events = socket.readiness
            if !events.isEmpty { ready.append(Readiness(token: token, events: events)) }
        }
        news = later
    }

    /// Adds what no real event stands behind.
    mutating func disturb(_ ready: inout [Readiness]) {
        if !oldTokens.isEmpty, random.chance(disturbance.staleEvent),
            let token = oldTokens.randomElement(using: &random)
        {
            let position = Int.random(in: 0...ready.count, using: &random)
            ready.insert(Readiness(token: token, events: [.readable, .writable, .error, .hangUp]), at: position)
        }
        if !sockets.isEmpty, random.chance(disturbance.repeatedEvent),
            let candidate = sockets.randomElement(using: &random), let socket = candidate, let token = socket.token,
            !socket.readiness.isEmpty
        {
            ready.append(Readiness(token: token, events: socket.readiness))
        }
    }
}
