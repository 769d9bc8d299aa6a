// SPDX-License-Identifier: Apache-2.0

import CurlTransport
package import HealthModel
package import LinuxRuntime
import SocketTransport
import TransportSecurity

/// Who carries an exchange: every behaviour that both have is tried with both.
package enum Carrier: String, CaseIterable, Sendable {
    /// Sockets of our own, and libcurl for what they do not carry: what the agent uses.
    case sockets
    case libcurl
}

/// Runs exchanges and waits for their results; lives on one loop.
package final class HTTPClient {
    package let transport: any HTTPTransport
    package let resolver: ScriptedResolver
    private let loop: EventLoop
    private var token: UInt64 = 0

    package init(
        names: [String: ResolutionAnswer] = [:],
        over carrier: Carrier = .libcurl,
        on loop: isolated EventLoop
    ) {
        self.loop = loop
        resolver = ScriptedResolver(names)
        let files = TLSFiles()
        let libcurl = CurlTransport(resolver: resolver, files: files)
        transport =
            switch carrier {
            case .libcurl: libcurl
            case .sockets: SocketHTTPTransport(resolver: resolver, files: files, otherwise: libcurl)
            }
    }

    /// Runs a prepared exchange once.
    package func run(
        _ exchange: any HTTPExchange,
        adding fields: [HTTPField] = [],
        timeout: Duration = .seconds(10),
        on loop: isolated EventLoop
    ) async -> TimedResult {
        token += 1
        let token = token
        let start = loop.kernel.now
        return await withCheckedContinuation { continuation in
            let observer = ContinuationObserver(continuation, startedAt: start)
            let deadline = start.advanced(by: timeout)
            exchange.start(deadline: deadline, adding: fields, token: token, for: observer, on: loop)
        }
    }

    /// Prepares a request, runs it once and closes it.
    package func fetch(
        _ request: HTTPRequest,
        timeout: Duration = .seconds(10),
        on loop: isolated EventLoop
    ) async -> TimedResult {
        let exchange = transport.prepare(request, on: loop)
        let result = await run(exchange, timeout: timeout, on: loop)
        exchange.close(on: loop)
        return result
    }
}

/// A result with the time it took, wall to wall on the loop's clock.
package struct TimedResult: Sendable {
    package var result: HTTPExchangeResult
    package var took: Duration

    package var answer: HTTPAnswer? { result.failure == nil ? result.answer : nil }
    package var reason: FailureReason? { result.failure?.failure.reason }
    package var layer: Layer? { result.failure?.layer }
    package var message: String? { result.failure?.failure.message }
}

private final class ContinuationObserver: HTTPExchangeObserver {
    private let continuation: CheckedContinuation<TimedResult, Never>
    private let start: MonotonicInstant

    init(_ continuation: CheckedContinuation<TimedResult, Never>, startedAt start: MonotonicInstant) {
        self.continuation = continuation
        self.start = start
    }

    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        continuation.resume(returning: TimedResult(result: result, took: start.duration(to: loop.kernel.now)))
    }
}

/// Answers from a table, or never.
package final class ScriptedResolver: Resolver {
    /// What each name resolves to; a name that is missing is never answered.
    package var names: [String: ResolutionAnswer]
    /// How often it was asked.
    package private(set) var questions = 0

    init(_ names: [String: ResolutionAnswer]) {
        self.names = names
    }

    package func resolve(
        _ host: String,
        port: UInt16,
        token: UInt64,
        for observer: any ResolutionObserver,
        on loop: isolated EventLoop
    ) {
        questions += 1
        guard let answer = names[host] else { return }
        observer.resolved(answer, token: token, on: loop)
    }
}
