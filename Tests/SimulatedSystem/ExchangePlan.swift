// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// How one simulated exchange goes: its phases in order, how long each takes, and the end.
struct ExchangePlan {
    /// nil = the phase never ends.
    private var steps: [(phase: Phase, length: Duration?)] = []
    private let ending: HTTPExchangeResult.Ending?

    /// - Parameters:
    ///   - reply: what the server does.
    ///   - request: what is sent.
    ///   - isReused: whether there is a connection already.
    init(_ reply: SimulatedReply, to request: HTTPRequest, isReused: Bool) {
        var steps: [(phase: Phase, length: Duration?)] = []
        let isNamed = SocketAddress(numeric: request.url.address.host, port: 0) == nil
        if isNamed, !isReused { steps.append((.dns, .zero)) }
        switch reply {
        case .answers(let status, let delay, let body, let headers):
            // A quarter each for connecting and for TLS, the rest until the first byte.
            let handshakes: [Phase] = isReused ? [] : request.url.isSecure ? [.connect, .tls] : [.connect]
            steps += handshakes.map { ($0, delay / 4) }
            steps += [(.firstByte, delay - delay / 4 * handshakes.count), (.transfer, .zero)]
            ending = Self.ending(status, Array(body.utf8), headers, request)
        case .refuses(let delay):
            steps.append((.connect, delay))
            let failure = Failure(.refused, "connection refused", evidence: Evidence(phase: .connect))
            ending = .failed(HTTPExchangeFailure(failure, at: .l4Connection), partial: nil)
        case .drops:
            steps.append((.connect, nil))
            ending = nil
        case .hangs:
            if !isReused { steps.append((.connect, .zero)) }
            steps.append((.firstByte, nil))
            ending = nil
        case .streams(let stream):
            steps += isReused ? [] : [(.connect, .zero)]
            steps += [(.firstByte, stream.delay), (.transfer, nil)]
            ending = nil
        case .fails(let failure, let delay):
            steps.append((failure.failure.evidence.phase ?? .firstByte, delay))
            ending = .failed(failure, partial: nil)
        }
        self.steps = steps
    }

    /// How long the exchange takes when nothing cuts it short; nil = for ever.
    var length: Duration? {
        steps.reduce(Duration.zero) { sum, step in
            guard let sum, let length = step.length else { return nil }
            return sum + length
        }
    }

    /// The result of an exchange that had `time` in all, a timeout where the plan takes longer.
    func result(within time: Duration, address: String, isReused: Bool) -> HTTPExchangeResult {
        var phases = PhaseTimings()
        var left = time
        for (phase, length) in steps {
            guard let length, length <= left else {
                phases.set(phase, to: left)
                let ending = Self.timeout(in: phase, after: time)
                return HTTPExchangeResult(ending: ending, phases: phases, address: address, isReused: isReused)
            }
            phases.set(phase, to: length)
            left -= length
        }
        guard let ending else { preconditionFailure("a plan without an end has no phase without one: \(steps)") }
        return HTTPExchangeResult(ending: ending, phases: phases, address: address, isReused: isReused)
    }

    private static func ending(
        _ status: Int,
        _ body: [UInt8],
        _ headers: [HTTPField],
        _ request: HTTPRequest
    ) -> HTTPExchangeResult.Ending {
        let isTooLarge = body.count > request.maximumBodyBytes
        let answer = HTTPAnswer(
            status: status,
            version: request.version.requiresHTTP2 ? "2" : "1.1",
            headers: HTTPHeaders(headers),
            body: Array(body.prefix(request.keptBodyBytes)),
            bodyLength: min(body.count, request.maximumBodyBytes)
        )
        guard isTooLarge else { return .answered(answer) }
        let failure = Failure(
            .tooLarge,
            "body longer than \(request.maximumBodyBytes) bytes",
            evidence: Evidence(phase: .transfer, excerpt: Excerpt.text(of: answer.body))
        )
        return .failed(HTTPExchangeFailure(failure, at: .l7Response), partial: answer)
    }

    private static func timeout(in phase: Phase, after time: Duration) -> HTTPExchangeResult.Ending {
        let (reason, message, layer): (FailureReason, String, Layer) =
            switch phase {
            case .dns: (.dns, "no answer from the resolver", .l4Timeout)
            case .connect: (.connectTimeout, "no connection", .l4Timeout)
            case .tls: (.timeout, "connected, but no TLS session", .l6Timeout)
            case .firstByte: (.timeout, "connected, but no answer", .l7Timeout)
            case .transfer: (.timeout, "answer not complete", .l7Timeout)
            }
        let failure = Failure(reason, "\(message) within \(time.readable)", evidence: Evidence(phase: phase))
        return .failed(HTTPExchangeFailure(failure, at: layer), partial: nil)
    }
}

extension PhaseTimings {
    fileprivate mutating func set(_ phase: Phase, to length: Duration) {
        switch phase {
        case .dns: dns = length
        case .connect: connect = length
        case .tls: tls = length
        case .firstByte: firstByte = length
        case .transfer: transfer = length
        }
    }
}
