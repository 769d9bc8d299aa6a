// SPDX-License-Identifier: Apache-2.0

import CCurl
import HealthModel
import LinuxRuntime
import TransportSecurity

/// How a run ends: what libcurl's result means, what is tried once more, and what is told.
extension CurlExchange {
    /// libcurl has ended the transfer and let go of the handle.
    func transferEnded(_ code: CURLcode, on loop: isolated EventLoop) {
        guard !isClosing, let run, run.stage == .transferring else { return }
        guard code == CURLE_OK else {
            if mayRetry(run, after: code) { return retry(on: loop) }
            return fail(code, on: loop)
        }
        guard answer.hasCompleteHeaders else {
            // libcurl takes an answer that ends within its fields for one without a body.
            return fail(CURLE_PARTIAL_FILE, on: loop)
        }
        let status = handle?.long(CURLINFO_RESPONSE_CODE) ?? 0
        if request.redirects > 0, (300...399).contains(status) {
            switch redirect(status, of: run) {
            case .follow(let url): return follow(url, after: status, on: loop)
            case .refuse(let why, let step):
                self.run?.isRefused = true
                self.run?.refusedStep = step
                return fail(.redirect, why, on: loop)
            case nil: break
            }
        }
        finish(.answered(takeAnswer(status)), phases: phasesNow(upTo: .transfer), on: loop)
    }

    /// The deadline has come before the answer.
    func endAtDeadline(on loop: isolated EventLoop) {
        guard let run else { return }
        // Up to the whole millisecond: what the scheduler and we spent before the start is noise in a message.
        let limit = Duration.milliseconds((run.startedAt.duration(to: run.deadline) / .milliseconds(1)).rounded(.up))
        guard run.stage == .transferring else {
            noteResolutionTime(on: loop)
            var (reason, message) = CurlErrorMapping.timeout(in: .dns, after: limit)
            let host = run.resolvedHost ?? run.url.address
            if request.proxy != nil { message = "proxy \(host): \(message)" }
            if let delay = resolver.ownDelay(of: host.host, on: loop) {
                (reason, message) = (.internal, delay)
            }
            let problem: InternalProblem? = reason == .internal ? .nameService : nil
            let failure = Failure(reason, message, evidence: Evidence(phase: .dns, problem: problem))
            return end(HTTPExchangeFailure(failure, at: .l4Timeout), on: loop)
        }
        let phase = phaseNow
        let phases = phasesNow(upTo: phase, elapsed: run.transferStartedAt.duration(to: loop.kernel.now))
        let partial = takePartialAnswer()
        let facts = TransferFacts(
            curlCode: 0,
            phase: phase,
            ownProblem: run.ownProblem,
            proxy: way(of: run, isConnected: isConnected(run)),
            problem: run.problem,
            excerpt: partial.flatMap { Excerpt.text(of: $0.body) }
        )
        abandonTransfer(on: loop)
        finish(.failed(CurlErrorMapping.timeout(for: facts, after: limit), partial: partial), phases: phases, on: loop)
    }

    /// Ends the transfer under way and its connection.
    ///
    /// libcurl would keep an HTTP/2 connection and only reset the stream; but a connection whose answer did not come may be the
    /// very reason, and the next run must not meet it again.
    func abandonTransfer(on loop: isolated EventLoop) {
        guard let handle, let shard else { return }
        handle.set(CURLOPT_FORBID_REUSE, 1)
        shard.abandon(handle, on: loop)
        handle.setReuse(of: request, to: request.url)
    }

    /// Ends the run before or between transfers, for a reason of ours, the resolver's or the redirect rule's.
    func fail(
        _ reason: FailureReason,
        _ message: String,
        problem: InternalProblem? = nil,
        on loop: isolated EventLoop
    ) {
        var message = message
        if run?.stage == .resolving, reason == .dns, let proxy = request.proxy {
            message = "proxy \(proxy): \(message)"
        }
        let phase: Phase = run?.stage == .resolving ? .dns : .transfer
        let layer = reason == .redirect ? Layer.l7Response : .l4Connection
        let evidence = Evidence(phase: reason == .internal ? nil : phase, problem: problem)
        end(HTTPExchangeFailure(Failure(reason, Excerpt.bounded(message), evidence: evidence), at: layer), on: loop)
    }

    private func end(_ failure: HTTPExchangeFailure, on loop: isolated EventLoop) {
        let isTransferOver = failure.failure.reason == .redirect
        let phases = isTransferOver ? phasesNow(upTo: .transfer) : (run?.phases ?? PhaseTimings())
        finish(.failed(failure, partial: isTransferOver ? takePartialAnswer() : nil), phases: phases, on: loop)
    }

    private func fail(_ code: CURLcode, on loop: isolated EventLoop) {
        guard let run, let handle else { return }
        let phase = phaseNow
        let phases = phasesNow(upTo: phase, elapsed: run.transferStartedAt.duration(to: loop.kernel.now))
        let partial = takePartialAnswer()
        let systemError = SystemError(code: Int32(clamping: handle.long(CURLINFO_OS_ERRNO)))
        let isCutOff = systemError.isMissingRoute && run.tried.map { !loop.kernel.hasRoute(like: $0) } ?? false
        let text = Excerpt.bounded(handle.text(about: code))
        // After an alert nothing of an answer comes any more, whatever libcurl calls that.
        let seen = answer.hasStarted ? nil : run.handshake?.failure(nil)
        let facts = TransferFacts(
            curlCode: Int(code.rawValue),
            systemErrorCode: systemError.code,
            phase: phase,
            handshakeFailure: seen ?? run.handshake?.failure(OpenSSLError(within: text)),
            isHandshakeFailureSure: seen != nil,
            text: text,
            refusal: answer.refusal,
            ownProblem: run.ownProblem,
            denied: run.socket == nil ? run.denied?.description : nil,
            unixSocket: run.relation == .elsewhere ? nil : request.unixSocket,
            proxy: way(of: run, isConnected: code != CURLE_COULDNT_CONNECT),
            problem: run.problem,
            isCutOff: isCutOff,
            excerpt: partial.flatMap { Excerpt.text(of: $0.body) }
        )
        finish(.failed(CurlErrorMapping.failure(for: facts), partial: partial), phases: phases, on: loop)
    }

    private func finish(_ ending: HTTPExchangeResult.Ending, phases: PhaseTimings, on loop: isolated EventLoop) {
        guard let run else { return }
        let result = HTTPExchangeResult(
            ending: ending,
            phases: phases,
            address: peer(of: run),
            tls: run.url.isSecure ? run.handshake?.facts : nil,
            isReused: isReused(run),
            redirects: chain(of: run)
        )
        self.run = nil
        if let timer = run.timer { loop.cancel(timer) }
        restore(after: run)
        run.observer.exchanged(result, token: run.token, on: loop)
    }

    func peer(of run: Run) -> String? {
        guard run.stage == .transferring, let handle else { return nil }
        let isTarget = run.relation != .elsewhere
        if isTarget, let path = request.unixSocket {
            return isReused(run) || run.socket != nil ? "unix:\(path)" : nil
        }
        if let ip = handle.string(CURLINFO_PRIMARY_IP), !ip.isEmpty {
            let port = handle.long(CURLINFO_PRIMARY_PORT)
            // The kept connection is the target's.
            return isTarget ? lastPeer.text(ip: ip, port: port) : PeerText.joined(ip: ip, port: port)
        }
        return run.tried?.description
    }

    /// Whether a socket of the transfer under way was ever connected.
    private func isConnected(_ run: Run) -> Bool {
        run.socket.flatMap { shard?.sockets[$0]?.hasConnected } ?? false
    }

    /// What is known of the way through the proxy; nil without one.
    private func way(of run: Run, isConnected: Bool) -> TransferFacts.Proxy? {
        guard let proxy = request.proxy else { return nil }
        let isTunnelMissing = run.url.isSecure && run.handshakeStartedAt == nil && !isReused(run)
        return TransferFacts.Proxy(
            address: proxy.description,
            refusal: handle.map { $0.long(CURLINFO_HTTP_CONNECTCODE) }.flatMap { $0 == 0 || $0 / 100 == 2 ? nil : $0 },
            isTunnelMissing: isTunnelMissing && isConnected
        )
    }

    /// Where the request was redirected; empty when it was not.
    private func chain(of run: Run) -> [String] {
        guard !run.steps.isEmpty || run.isRefused else { return [] }
        var chain = run.steps.map(\.text)
        chain.append(RedirectRule.Step("", run.url).text)
        if let refused = run.refusedStep { chain.append(refused.text) }
        return chain
    }
}

// MARK: - Once more

extension CurlExchange {
    /// Whether a transfer failed only because its kept connection was dead, before any byte of an answer.
    ///
    /// libcurl sees most of these itself and takes another connection; but where that is a kept one again, dead as well, it
    /// gives up after five.
    private func mayRetry(_ run: Run, after code: CURLcode) -> Bool {
        guard isReused(run), !run.isRetry, !answer.hasStarted, request.connection == .reuse else { return false }
        switch code {
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return true
        default:
            return false
        }
    }

    private func retry(on loop: isolated EventLoop) {
        run?.isRetry = true
        handle?.set(CURLOPT_FRESH_CONNECT, 1)
        transfer(on: loop)
    }

    private func redirect(_ status: Int, of run: Run) -> RedirectRule.Decision? {
        guard let target = handle?.string(CURLINFO_REDIRECT_URL) else {
            return [301, 302, 303, 307, 308].contains(status) ? .refuse("\(status) without a Location", nil) : nil
        }
        var rule = RedirectRule(
            limit: request.redirects,
            ownHosts: [request.url.address.host],
            listedHosts: request.redirectHosts
        )
        if let serverName = request.tls.serverName { rule.ownHosts.append(serverName.lowercased()) }
        let steps = run.steps + [RedirectRule.Step(method(of: run), run.url)]
        let next = RedirectRule.becomesGet(status: status, method: method(of: run)) ? "GET" : method(of: run)
        return rule.decide(target: target, method: next, after: steps)
    }

    /// The method of the transfer under way.
    private func method(of run: Run) -> String { run.isGet ? "GET" : request.method }

    private func follow(_ url: HTTPURL, after status: Int, on loop: isolated EventLoop) {
        guard let handle, let run else { return }
        // Notes whom the kept connection leads to, before another peer is met.
        _ = peer(of: run)
        let phases = phasesNow(upTo: .transfer)
        self.run?.phases = phases
        self.run?.steps.append(RedirectRule.Step(method(of: run), run.url))
        let relation = request.relation(to: url)
        self.run?.url = url
        self.run?.relation = relation
        setURL(url, relation)
        if RedirectRule.becomesGet(status: status, method: method(of: run)) {
            handle.setMethodToGet()
            self.run?.isGet = true
        }
        let host = CurlExchange.resolvedHost(of: request, for: url, relation)
        // The answer about a host holds for all ports of it.
        if let host, host.host != run.resolvedHost?.host {
            self.run?.resolutionStartedAt = loop.kernel.now
            return resolve(host, on: loop)
        }
        if host == nil { self.run?.addresses = [] }
        setAddresses()
        transfer(on: loop)
    }
}
