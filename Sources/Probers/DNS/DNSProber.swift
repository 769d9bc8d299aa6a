// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import PatternMatching
package import SocketTransport

/// Asks a DNS server one question and judges its answer.
///
/// Over UDP the question is sent again, from the same socket and with the same identifier, whenever a third of the timeout has
/// passed without an answer. Datagrams that answer another question are passed over: whoever forges answers must guess port and
/// identifier, both drawn anew for every run. A truncated answer is asked for again over TCP within the same deadline. A server
/// that refuses EDNS (RFC 6891, section 6.2.2) is asked without.
package final class DNSProber: Prober {
    /// Draws message identifiers.
    package typealias Identifiers = () -> UInt16

    struct Run {
        let id: ProbeRunID
        let observer: any ProbeObserver
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
    }

    let probe: DNSProbe
    let assessment: DNSAssessment
    private let resolver: any Resolver
    private let configuration: ResolverConfiguration
    private let identifiers: Identifiers
    private var datagrams: DatagramConnection?
    private var stream: DNSStream?
    private var run: Run?
    private var query: DNSQuery
    private var id: UInt16 = 0
    private var timer: TimerID?
    private var sentAt: MonotonicInstant?
    private var phases = PhaseTimings()
    /// What is wrong with the last datagram that was passed over.
    private var strange: String?

    /// Prepares a prober for one target.
    ///
    /// - Parameters:
    ///   - probe: what is asked.
    ///   - resolver: who looks up a server that is given by name.
    ///   - configuration: names the server when the probe does not.
    ///   - identifiers: draws message identifiers; at random by default.
    /// - Throws: what is wrong with the first expression that is not one.
    package init(
        _ probe: DNSProbe,
        resolver: any Resolver,
        configuration: ResolverConfiguration,
        identifiers: @escaping Identifiers = { UInt16.random(in: .min ... .max) }
    ) throws(PatternProblem) {
        self.probe = probe
        self.resolver = resolver
        self.configuration = configuration
        self.identifiers = identifiers
        assessment = try DNSAssessment(probe)
        query = DNSQuery(name: probe.name, type: probe.type, recursion: probe.recursion, extended: true)
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = Run(id: run, observer: observer, startedAt: loop.now, deadline: deadline)
        query = DNSQuery(name: probe.name, type: probe.type, recursion: probe.recursion, extended: true)
        phases = PhaseTimings()
        sentAt = nil
        strange = nil
        do throws(ResolverConfiguration.Problem) {
            let (host, port) = try server()
            if datagrams?.host != host || datagrams?.port != port {
                datagrams = DatagramConnection(
                    .udp,
                    host: host,
                    port: port,
                    receiveLimit: DNSQuery.mostRead,
                    resolver: resolver
                )
                stream = DNSStream(host: host, port: port, resolver: resolver)
            }
        } catch {
            return finish(.unknown, .l4Connection, Failure(.internal, error.message), on: loop)
        }
        ask(over: probe.transport, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        close(on: loop)
        run = nil
    }

    /// Who is asked: as configured, or as the machine is set up now.
    private func server() throws(ResolverConfiguration.Problem) -> (host: String, port: UInt16) {
        if let server = probe.server { return (server.host, UInt16(server.port)) }
        let address = try configuration.firstServer()
        return (address.host, address.port)
    }

    private func ask(over transport: DNSTransport, on loop: isolated EventLoop) {
        guard let run else { return }
        id = identifiers()
        switch transport {
        case .udp: datagrams?.open(by: run.deadline, for: self, on: loop)
        case .tcp: stream?.ask(query.message(id: id), by: run.deadline, for: self, on: loop)
        }
    }

    private func close(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        datagrams?.close(on: loop)
        stream?.close(on: loop)
    }

    private func finish(
        _ verdict: Verdict,
        _ layer: Layer,
        _ failure: Failure?,
        _ facts: DNSFacts? = nil,
        on loop: isolated EventLoop
    ) {
        guard let run else { return }
        let address = stream?.report?.address ?? datagrams?.address
        close(on: loop)
        self.run = nil
        let outcome = Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: run.startedAt,
            duration: run.startedAt.duration(to: loop.now),
            phases: phases,
            address: address?.description,
            observed: Observed(facts: facts.map { .dns($0) })
        )
        run.observer.finished(run.id, with: outcome, on: loop)
    }

    private func finish(_ failure: Failure, _ layer: Layer, on loop: isolated EventLoop) {
        finish(failure.reason == .internal ? .unknown : .unhealthy, layer, failure, on: loop)
    }

    /// Takes a message that came for the question; gives what is wrong with one that is no answer to it.
    private func take(_ bytes: [UInt8], over transport: DNSTransport, on loop: isolated EventLoop) -> String? {
        guard DNSMessage.id(of: bytes) == id else { return "an answer with another identifier" }
        let message: DNSMessage
        do {
            message = try DNSMessage(bytes)
        } catch {
            let evidence = Evidence(phase: .transfer)
            let failure = Failure(.protocolError, "not a DNS message: \(error.message)", evidence: evidence)
            finish(failure, .l7Response, on: loop)
            return nil
        }
        guard message.isAnswer else { return "a message that is no answer" }
        // A server that could not read the question cannot repeat it.
        let isBare = message.questions.isEmpty && message.code != DNSResponseCode.noError.number
        guard query.isRepeated(in: message) || isBare else { return "an answer to another question" }
        phases.firstByte = sentAt?.duration(to: loop.now) ?? stream?.firstByte
        if query.extended, message.refusesExtension, !assessment.expects(code: message.code) {
            query = DNSQuery(name: query.name, type: query.type, recursion: query.recursion, extended: false)
            askAgain(over: transport, on: loop)
        } else if message.isTruncated, transport == .udp {
            askAgain(over: .tcp, on: loop)
        } else {
            judge(message, over: transport, on: loop)
        }
        return nil
    }

    private func askAgain(over transport: DNSTransport, on loop: isolated EventLoop) {
        close(on: loop)
        sentAt = nil
        ask(over: transport, on: loop)
    }

    private func judge(_ message: DNSMessage, over transport: DNSTransport, on loop: isolated EventLoop) {
        guard !message.isTruncated else {
            let failure = Failure(.protocolError, "the answer is truncated even over TCP")
            return finish(failure, .l7Response, on: loop)
        }
        let records = message.records(of: probe.type.number, for: query.asked)
        let judgement = assessment.judge(
            code: message.code,
            isAuthoritative: message.isAuthoritative,
            records: records
        )
        let facts = DNSFacts(
            code: DNSResponseCode.text(of: message.code),
            answers: records.prefix(DNSFacts.mostAnswers).map(Excerpt.bounded),
            answerCount: records.count,
            isAuthoritative: message.isAuthoritative,
            transport: transport
        )
        finish(judgement.verdict, judgement.layer, judgement.failure, facts, on: loop)
    }
}

extension DNSProber: DatagramConnectionObserver {
    package func opened(_ connection: DatagramConnection, on loop: isolated EventLoop) {
        phases.dns = connection.lookUpDuration
        sentAt = loop.now
        send(on: loop)
    }

    package func received(_ connection: DatagramConnection, _ datagram: [UInt8], on loop: isolated EventLoop) {
        if let strange = take(datagram, over: .udp, on: loop) { self.strange = strange }
    }

    package func failed(
        _ connection: DatagramConnection,
        _ failure: Failure,
        layer: Layer,
        on loop: isolated EventLoop
    ) {
        phases.dns = connection.lookUpDuration
        finish(failure, layer, on: loop)
    }

    package func timedOut(_ connection: DatagramConnection, shortfall: Duration?, on loop: isolated EventLoop) {
        var failure = connection.silence(shortfall)
        if failure.reason == .timeout, let strange {
            failure = Failure(.protocolError, "got \(strange), and none to the question", evidence: failure.evidence)
            return finish(failure, .l7Response, on: loop)
        }
        finish(failure, .l7Timeout, on: loop)
    }

    /// Sends the question, and sets the time at which it is sent again.
    private func send(on loop: isolated EventLoop) {
        guard let run, let datagrams else { return }
        if let timer { loop.cancel(timer) }
        let third = (run.startedAt.duration(to: run.deadline)) / 3
        timer = loop.schedule(self, at: loop.now.advanced(by: max(third, .milliseconds(50))))
        datagrams.send(query.message(id: id), on: loop)
    }
}

extension DNSProber: TimerHandler {
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard timer == self.timer else { return }
        self.timer = nil
        send(on: loop)
    }
}

extension DNSProber: DNSStreamObserver {
    func answered(_ stream: DNSStream, _ message: [UInt8], on loop: isolated EventLoop) {
        notePhases(of: stream)
        guard let strange = take(message, over: .tcp, on: loop) else { return }
        finish(Failure(.protocolError, "got \(strange)"), .l7Response, on: loop)
    }

    func failed(_ stream: DNSStream, _ failure: Failure, layer: Layer, on loop: isolated EventLoop) {
        notePhases(of: stream)
        finish(failure, layer, on: loop)
    }

    private func notePhases(of stream: DNSStream) {
        guard let report = stream.report else { return }
        phases.dns = phases.dns ?? report.phases.dns
        phases.connect = report.phases.connect
    }
}

extension DNSMessage {
    /// Whether the server may have refused nothing but EDNS.
    fileprivate var refusesExtension: Bool {
        [DNSResponseCode.formatError, .notImplemented, .badVersion].contains { $0.number == code }
    }
}
