// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import PatternMatching

/// Probes one HTTP or HTTPS target over any transport.
package final class HTTPProber: Prober {
    private let transport: any HTTPTransport
    private let assessment: HTTPAssessment
    private let secrets: SecretFields
    private let files: any FileLayer
    /// The request whose body is in a file; nil for most.
    private let bodyFile: BodyFile?
    private var exchange: any HTTPExchange
    private var run: Run?

    /// One run under way.
    private struct Run {
        let id: ProbeRunID
        let startedAt: MonotonicInstant
        let observer: any ProbeObserver
        /// Hides the secrets that were sent.
        let redaction: Redaction
    }

    /// A request, and the file that its body comes from.
    private final class BodyFile {
        var file: CachedFile
        var request: HTTPRequest

        init(_ file: CachedFile, of request: HTTPRequest) {
            self.file = file
            self.request = request
        }
    }

    /// Most bytes of a `body_file`.
    package static let maximumBodyFileBytes = 1_024 * 1_024

    /// Most bytes of a body that are kept as evidence when no condition needs more.
    private static let evidenceBytes = 800

    /// Prepares a probe.
    ///
    /// - Parameters:
    ///   - probe: the request and what its answer must be.
    ///   - transport: what carries it.
    ///   - files: where the files that it names are read.
    ///   - secrets: where its secrets are read; by default through `files`.
    ///   - loop: where everything happens.
    /// - Throws: the first regular expression that cannot be compiled.
    package init(
        _ probe: HTTPProbe,
        over transport: any HTTPTransport,
        files: any FileLayer = SystemFiles(),
        secrets: SecretReader? = nil,
        on loop: isolated EventLoop
    ) throws(PatternProblem) {
        self.transport = transport
        self.files = files
        self.secrets = SecretFields(probe, reader: secrets ?? SecretReader(files: files))
        assessment = HTTPAssessment(
            expectation: probe.expect,
            slow: probe.slow,
            answer: try AnswerCheck(probe.expect),
            expiry: CertificateExpiryCheck(probe.tls.expiry)
        )
        let request = HTTPRequest(
            url: probe.url,
            method: probe.method,
            headers: probe.headers,
            body: probe.body.map { Array($0.utf8) },
            version: probe.version,
            redirects: probe.redirects,
            redirectHosts: probe.redirectHosts,
            connection: probe.connection,
            maximumBodyBytes: probe.maximumBodyBytes,
            keptBodyBytes: probe.expect.needsBody ? nil : Self.evidenceBytes,
            sufficientStatuses: probe.expect.needsStatusOnly ? probe.expect.statuses.first : nil,
            decompresses: probe.decompresses,
            proxy: probe.proxy,
            unixSocket: probe.unixSocket,
            family: probe.address.effectiveFamily,
            resolve: probe.address.resolve,
            source: probe.address.source,
            tls: probe.tls
        )
        bodyFile = probe.bodyFile.map { path in
            BodyFile(CachedFile(path: path, limit: Self.maximumBodyFileBytes), of: request)
        }
        exchange = transport.prepare(request, on: loop)
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts before the one before has ended")
        let startedAt = loop.kernel.now
        let fields: [HTTPField]
        let redaction: Redaction
        do throws(SecretProblem) {
            (fields, redaction) = try secrets.read()
        } catch {
            return fail(run, error.message, startedAt: startedAt, for: observer, on: loop)
        }
        if let problem = readBody(on: loop) { return fail(run, problem, startedAt: startedAt, for: observer, on: loop) }
        self.run = Run(id: run, startedAt: startedAt, observer: observer, redaction: redaction)
        exchange.start(deadline: deadline, adding: fields, token: run.number, for: self, on: loop)
    }

    package func collect(into footprint: inout Footprint) {
        footprint.add(self)
        footprint.add(assessment)
        exchange.collect(into: &footprint)
    }

    package func stop(on loop: isolated EventLoop) {
        run = nil
        exchange.close(on: loop)
    }

    /// Sees to it that the exchange sends the body as the file holds it now; says why that is impossible.
    private func readBody(on loop: isolated EventLoop) -> String? {
        guard let bodyFile else { return nil }
        do throws(FileError) {
            let contents = try bodyFile.file.contents(through: files)
            guard contents.isFresh, contents.bytes != bodyFile.request.body else { return nil }
            bodyFile.request.body = contents.bytes
            exchange.close(on: loop)
            exchange = transport.prepare(bodyFile.request, on: loop)
            return nil
        } catch {
            return "body file \(error.path) cannot be read: \(error.reason)"
        }
    }

    /// Ends a run that could not begin, for want of something of ours.
    private func fail(
        _ run: ProbeRunID,
        _ message: String,
        startedAt start: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        let outcome = Outcome(
            verdict: .unknown,
            layer: .l4Connection,
            failure: Failure(.internal, message),
            startedAt: start,
            duration: start.duration(to: loop.kernel.now)
        )
        observer.finished(run, with: outcome, on: loop)
    }
}

extension HTTPProber: HTTPExchangeObserver {
    package func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        guard run?.id.number == token, let run = Swift.exchange(&run, with: nil) else { return }
        let duration = run.startedAt.duration(to: loop.kernel.now)
        var outcome = assessment.outcome(
            of: result,
            startedAt: run.startedAt,
            took: duration,
            stalled: loop.stalled(since: run.startedAt),
            at: loop.kernel.wallTime
        )
        if !run.redaction.isEmpty { outcome = run.redaction.applied(to: outcome) }
        run.observer.finished(run.id, with: outcome, on: loop)
    }
}
