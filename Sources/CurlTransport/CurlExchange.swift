// SPDX-License-Identifier: Apache-2.0

import CCurl
import HealthModel
import LinuxRuntime
import TransportSecurity

/// One prepared request over libcurl.
///
/// A run is a short state machine: resolve the name (numeric hosts skip it) → transfer → done, with a transfer more for each
/// redirect that may be followed and one for a kept connection that turned out dead. The loop's timer at the deadline ends it
/// in any state; libcurl's own timeout stands behind it as a fence only.
final class CurlExchange {
    let request: HTTPRequest
    let handle: CurlHandle?
    let shard: CurlShard?
    let loop: EventLoop
    let pool: CurlPool
    /// The host that connections go to when they go to the target: the URL's own or the proxy; nil when its address is given.
    private let resolvedHost: HostPort?
    /// Set while the kept connection is closed: no request may go out then.
    var isClosing = false
    var run: Run?
    var answer: AnswerBuffer
    var lastPeer = PeerText()
    /// Where the conversation is taken down; nil when nobody asked.
    let trace: ConversationTrace?

    private let poolKey: PoolKey
    private let transport: CurlTransport
    /// Who looks names up.
    let resolver: any Resolver
    private var runNumber: UInt64 = 0
    /// Fields of the run under way only.
    private var addedFields: [HTTPField] = []
    private var fence = 0
    private var isClosed = false

    /// One exchange under way.
    struct Run {
        let number: UInt64
        let token: UInt64
        let observer: any HTTPExchangeObserver
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
        var timer: TimerID?
        var stage = Stage.resolving
        /// Where the transfer under way goes.
        var url: HTTPURL
        /// How near that is to the configured URL.
        var relation = TargetRelation.sameOrigin
        /// What the transfers before it took, and the resolution.
        var phases = PhaseTimings()
        /// The requests that were redirected, when any was.
        var steps: [RedirectRule.Step] = []
        /// Whether redirects have made the request a `GET` without a body.
        var isGet = false
        /// Whether a redirect was not followed.
        var isRefused = false
        /// Where that led, when it can be told.
        var refusedStep: RedirectRule.Step?
        var resolutionStartedAt: MonotonicInstant
        /// The host that is being, or was, looked up.
        var resolvedHost: HostPort?
        var addresses: [SocketAddress] = []
        /// Whether the transfer under way replaces one on a kept connection that was dead.
        var isRetry = false
        var transferStartedAt: MonotonicInstant
        /// When the TLS handshake of the transfer under way began.
        var handshakeStartedAt: MonotonicInstant?
        /// What was seen of the TLS handshake of the connection in use.
        var handshake: HandshakeRecord?
        /// When the first line of the answer came.
        var answerStartedAt: MonotonicInstant?
        /// Sockets that the transfer under way opened; none = it runs on a kept connection.
        var socketsOpened = 0
        /// The socket opened last for the transfer under way.
        var socket: CInt?
        /// The address tried last.
        var tried: SocketAddress?
        /// The address that was not tried, because the agent's configuration denies it.
        var denied: SocketAddress?
        /// What our own side lacked, in words and by name.
        var ownProblem: String?
        var problem: InternalProblem?
    }

    /// What a run waits for.
    enum Stage: Hashable {
        case resolving
        case transferring
    }

    init(
        _ request: HTTPRequest,
        in pool: CurlPool,
        key: PoolKey,
        transport: CurlTransport,
        resolver: any Resolver,
        on loop: isolated EventLoop
    ) {
        self.request = request
        self.pool = pool
        self.transport = transport
        self.resolver = resolver
        self.loop = loop
        trace = loop.trace
        poolKey = key
        resolvedHost = Self.resolvedHost(of: request, for: request.url, .sameOrigin)
        answer = AnswerBuffer(request)
        shard = pool.join(on: loop)
        handle = CurlHandle()
        configure()
    }

    /// The exchange that an easy handle belongs to.
    static func owner(of easy: UnsafeMutableRawPointer) -> CurlExchange? {
        var context: UnsafeMutablePointer<CChar>?
        guard unsafe ccurl_get_string(easy, CURLINFO_PRIVATE, &context) == CURLE_OK, let context = unsafe context else {
            return nil
        }
        // unsafe: configure() set the exchange itself, which owns the handle.
        return unsafe Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
    }

    private func configure() {
        guard let handle, let shard else { return }
        handle.setPolicy()
        handle.set(request)
        setURL(request.url)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe handle.set(CURLOPT_PRIVATE, pointer: context)
        unsafe handle.set(CURLOPT_WRITEDATA, pointer: context)
        unsafe handle.set(CURLOPT_HEADERDATA, pointer: context)
        unsafe handle.set(CURLOPT_OPENSOCKETDATA, pointer: context)
        unsafe handle.set(CURLOPT_PREREQDATA, pointer: context)
        unsafe handle.set(CURLOPT_SSL_CTX_DATA, pointer: context)
        // A connection may outlive the exchange that opened it, but not its shard.
        unsafe handle.set(CURLOPT_CLOSESOCKETDATA, pointer: Unmanaged.passUnretained(shard).toOpaque())
        handle.setCallbacks()
        if trace != nil {
            unsafe handle.set(CURLOPT_DEBUGDATA, pointer: context)
            handle.setTracing()
        }
    }

    private var setUpProblem: String? {
        guard let handle, shard != nil else { return "no libcurl handle could be had" }
        return handle.problem
    }

    /// Begins the transfer of the run under way.
    func transfer(on loop: isolated EventLoop) {
        guard let handle, let shard, let deadline = run?.deadline else { return }
        answer.reset()
        run?.stage = .transferring
        run?.socketsOpened = 0
        run?.socket = nil
        run?.tried = nil
        run?.denied = nil
        run?.handshakeStartedAt = nil
        run?.handshake = nil
        run?.answerStartedAt = nil
        // A numeric host's first transfer starts with its run: no need to ask the clock again.
        if run?.phases != PhaseTimings() { run?.transferStartedAt = loop.kernel.now }
        setFence(deadline, of: handle, on: loop)
        guard shard.begin(handle, on: loop) else {
            return fail(.internal, "libcurl does not take the transfer", on: loop)
        }
    }

    /// Lets libcurl give up some time after the deadline, in case our timer does not.
    private func setFence(_ deadline: MonotonicInstant, of handle: CurlHandle, on loop: isolated EventLoop) {
        let milliseconds = loop.now.duration(to: deadline).inNanoseconds / 1_000_000
        let wanted = Int(min(max(0, milliseconds), Int64(Int32.max) - 2_000)) + 1_000
        // Anything from one to two seconds after the deadline will do, so the option seldom changes.
        guard !(wanted...(wanted + 1_000)).contains(fence) else { return }
        fence = wanted + 500
        handle.set(CURLOPT_TIMEOUT_MS, fence)
    }
}

// MARK: - HTTPExchange

extension CurlExchange: HTTPExchange, TimerHandler, ResolutionObserver {
    func start(
        deadline: MonotonicInstant,
        adding fields: [HTTPField],
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(run == nil, "an exchange with \(request.url.text) is under way already")
        precondition(!isClosed, "the exchange with \(request.url.text) is closed")
        runNumber += 1
        let now = loop.kernel.now
        run = Run(
            number: runNumber,
            token: token,
            observer: observer,
            startedAt: now,
            deadline: deadline,
            url: request.url,
            resolutionStartedAt: now,
            transferStartedAt: now
        )
        run?.timer = loop.schedule(self, at: deadline)
        if fields != addedFields {
            addedFields = fields
            handle?.setHeaders(of: request, to: request.url, .sameOrigin, adding: fields)
        }
        if let setUpProblem { return fail(.internal, setUpProblem, on: loop) }
        guard let resolvedHost else { return transfer(on: loop) }
        resolve(resolvedHost, on: loop)
    }

    /// Looks up where the transfer goes that is to follow.
    func resolve(_ host: HostPort, on loop: isolated EventLoop) {
        run?.stage = .resolving
        run?.resolvedHost = host
        // A port outside the range cannot be written in a URL.
        resolver.resolve(host.host, port: UInt16(clamping: host.port), token: runNumber, for: self, on: loop)
    }

    /// Who has to be looked up before a transfer to `url`; nil when the address is known.
    static func resolvedHost(of request: HTTPRequest, for url: HTTPURL, _ relation: TargetRelation) -> HostPort? {
        if relation != .elsewhere, request.unixSocket != nil || request.resolve != nil { return nil }
        let host = request.proxy ?? url.address
        return SocketAddress(numeric: host.host, port: 0) == nil ? host : nil
    }

    func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        guard let run, run.number == token, run.stage == .resolving else { return }
        noteResolutionTime(on: loop)
        trace?.note(.dns, "\(run.url.address.host): \(answer.summary)", at: loop.kernel.now)
        switch answer {
        case .failed(let failure):
            fail(failure.kind == .ours ? .internal : .dns, failure.message, problem: failure.problem, on: loop)
        case .addresses(let all):
            let admitted = Array(all.filter(request.family.admits).prefix(Self.maximumAddresses))
            guard !admitted.isEmpty else {
                return fail(.dns, "the name has no \(request.family.rawValue) address", on: loop)
            }
            self.run?.addresses = admitted
            if run.relation != .elsewhere, let peer = lastPeer.ip, !admitted.contains(where: { $0.host == peer }) {
                closeKeptConnection(on: loop)
            }
            setAddresses()
            transfer(on: loop)
        }
    }

    /// Adds the look-up under way to what the run has taken so far.
    func noteResolutionTime(on loop: isolated EventLoop) {
        guard let run else { return }
        let taken = run.resolutionStartedAt.duration(to: loop.kernel.now)
        self.run?.phases.dns = (run.phases.dns ?? .zero) + taken
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let run, run.timer == timer else { return }
        self.run?.timer = nil
        endAtDeadline(on: loop)
    }

    func liftDeadline(on loop: isolated EventLoop) {
        guard let run, run.stage == .transferring, let timer = run.timer else { return }
        loop.cancel(timer)
        self.run?.timer = nil
        fence = 0
        handle?.set(CURLOPT_TIMEOUT_MS, 0)
    }

    func cancel(on loop: isolated EventLoop) {
        guard let run else { return }
        self.run = nil
        if let timer = run.timer { loop.cancel(timer) }
        if run.stage == .transferring { abandonTransfer(on: loop) }
        restore(after: run)
    }

    func close(on loop: isolated EventLoop) {
        guard !isClosed else { return }
        cancel(on: loop)
        isClosed = true
        closeKeptConnection(on: loop)
        if let shard { pool.leave(shard, on: loop) }
        transport.release(poolKey)
    }

    /// Lets the next transfer of the run under way go to `url`.
    func setURL(_ url: HTTPURL, _ relation: TargetRelation = .sameOrigin) {
        handle?.set(url, of: request, relation)
        handle?.setHeaders(of: request, to: url, relation, adding: addedFields)
    }

    /// How many addresses of a name are tried.
    private static let maximumAddresses = 8

    /// Tells libcurl the addresses of the host, unless its table holds the same already.
    func setAddresses() {
        guard let run, let handle, let shard, let host = run.resolvedHost, !run.addresses.isEmpty else { return }
        // libcurl looks the port up that it connects to, which is another one after a redirect on the same host.
        let key = (request.proxy ?? HostPort(host: host, port: run.url.address.port)).description
        let list = run.addresses.map { $0.isIPv6 ? "[\($0.host)]" : $0.host }.joined(separator: ",")
        guard shard.noteAddresses(list, of: key) else { return }
        handle.set(CURLOPT_RESOLVE, list: ["\(key):\(list)"])
    }

    /// Closes the connection kept for the next exchange.
    ///
    /// libcurl has no call for that. So a transfer is begun that may neither open a connection nor send a request: it takes the
    /// kept connection, is stopped before the request, and libcurl closes a connection that was stopped there.
    func closeKeptConnection(on loop: isolated EventLoop) {
        guard request.keepsConnection(to: request.url), lastPeer.ip != nil, let handle, let shard else { return }
        isClosing = true
        shard.passThrough(handle, on: loop)
        isClosing = false
        lastPeer = PeerText()
    }

    /// Undoes what redirects and a retry changed of the prepared request.
    func restore(after run: Run) {
        guard let handle else { return }
        if !run.steps.isEmpty {
            handle.setMethod(request)
            setURL(request.url)
        }
        if run.isRetry { handle.set(CURLOPT_FRESH_CONNECT, 0) }
    }
}
