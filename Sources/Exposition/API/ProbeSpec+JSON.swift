// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension ProbeSpec {
    /// The definition, without what may be a secret: the values of request fields and of variables, bodies, and what is sent
    /// in a dialog are replaced by ``JSONValue/redacted``, and so is what ``ShownText`` takes for one in URLs and commands.
    var jsonValue: JSONValue {
        .members([
            "interval_s": .seconds(interval),
            "timeout_s": .seconds(timeout),
            "jitter": .number(jitter),
            "initial_delay_s": .seconds(initialDelay),
            "impact": .string(impact.rawValue),
            "probe": probe.jsonValue,
            "breaker": breaker.jsonValue,
        ])
    }
}

extension JSONValue {
    /// What stands in the place of a secret.
    static let redacted = JSONValue.string(ShownText.mask)

    /// A number that is a size or a count; null for nil.
    static func count(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }

    /// A duration in seconds; null for nil.
    static func optional(_ value: Duration?) -> JSONValue { value.map(JSONValue.seconds) ?? .null }
}

extension Probe {
    fileprivate var jsonValue: JSONValue {
        switch self {
        case .http(let probe): probe.jsonValue
        case .tcp(let probe): probe.jsonValue
        case .webSocket(let probe): probe.jsonValue
        case .script(let probe): probe.jsonValue
        default: .members(["kind": .string(kind), "subject": .string(subject)])
        }
    }
}

extension HTTPProbe {
    fileprivate var jsonValue: JSONValue {
        .members([
            "kind": .string("http"),
            "url": .string(ShownText.url(url.text)),
            "method": .string(method),
            "headers": headers.jsonValue,
            "body": body == nil ? .null : .redacted,
            "expect": .members([
                "status": .array(expect.statuses.map { .string($0.text) }),
                "body_contains": .array(expect.bodyContains.map(JSONValue.string)),
                "body_matches": .array(expect.bodyMatches.map(JSONValue.string)),
                "body_not_matches": .array(expect.bodyNotMatches.map(JSONValue.string)),
            ]),
            "slow_s": .optional(slow),
            "redirects": .count(redirects),
            "connection": .string(connection.rawValue),
            "max_body": .count(maximumBodyBytes),
            "tls": url.isSecure ? tls.jsonValue : .null,
        ])
    }
}

extension TCPProbe {
    fileprivate var jsonValue: JSONValue {
        let word =
            switch security {
            case .none: "none"
            case .tls: "tls"
            case .startTLS(let inner, _): "starttls-\(inner.rawValue)"
            }
        return .members([
            "kind": .string("tcp"),
            "address": .string(address.description),
            "security": .string(word),
            "dialog": .array(
                dialog.map { step in
                    switch step {
                    case .send: .members(["send": .redacted])
                    case .expect(let text): .members(["expect": .string(text.text)])
                    }
                }
            ),
            "tls": security.settings?.jsonValue ?? .null,
        ])
    }
}

extension WebSocketProbe {
    fileprivate var jsonValue: JSONValue {
        .members([
            "kind": .string("websocket"),
            "url": .string(ShownText.url(url.text)),
            "subprotocol": .text(subprotocol),
            "headers": headers.jsonValue,
            "dialog": .array(
                dialog.map { step in
                    switch step {
                    case .send, .sendBinary: .members(["send": .redacted])
                    case .expect(let text): .members(["expect": .string(text)])
                    case .expectBinary(let bytes): .members(["expect_bytes": .count(bytes.count)])
                    }
                }
            ),
            "ping": .bool(ping),
            "max_message": .count(maximumMessageBytes),
            "tls": tls.jsonValue,
        ])
    }
}

extension ScriptProbe {
    fileprivate var jsonValue: JSONValue {
        .members([
            "kind": .string("script"),
            "command": .array(ShownText.command(command).map(JSONValue.string)),
            "environment": .object(
                environment.keys.sorted().map { JSONValue.Member(name: $0, value: .redacted) }
            ),
            "user": .text(user),
            "directory": .string(directory),
            "mode": .string(mode.rawValue),
            "max_output": .count(maximumOutputBytes),
            "exit_protocol": .string(exitProtocol.rawValue),
        ])
    }
}

extension TLSSettings {
    fileprivate var jsonValue: JSONValue {
        .members([
            "ca": .text(authorityFile),
            "certificate": .text(certificateFile),
            "key": .text(keyFile),
            "server_name": .text(serverName),
            "min_version": .string(minimumVersion.rawValue),
            "verify": .bool(verify),
            "expiry": .members([
                "degraded_s": .optional(expiry.degraded), "unhealthy_s": .optional(expiry.unhealthy),
            ]),
            "resume_s": resumption == .zero ? .null : .seconds(resumption),
        ])
    }
}

extension BreakerPolicy {
    fileprivate var jsonValue: JSONValue {
        let windowValue: JSONValue =
            switch window {
            case .time(let duration): .members(["seconds": .seconds(duration)])
            case .count(let count): .members(["outcomes": .count(count)])
            }
        return .members([
            "failures": .count(failureThreshold),
            "failure_rate": failureRate.map(JSONValue.number) ?? .null,
            "min_calls": .count(minimumCalls),
            "window": windowValue,
            "sliding": slidingFailures.map {
                .members(["failures": .count($0.failures), "outcomes": .count($0.outcomes)])
            } ?? .null,
            "slow": slowCall.map { .members(["over_s": .seconds($0.over), "rate": .number($0.rate)]) } ?? .null,
            "successes": .count(successThreshold),
            "half_open_interval_s": .seconds(halfOpenInterval),
            "open_for_s": .seconds(openDuration),
            "backoff": .members([
                "multiplier": .number(backoff.multiplier), "max_s": .seconds(backoff.maximum),
                "jitter": .number(backoff.jitter),
            ]),
            "while_open": .string(whileOpen.rawValue),
        ])
    }
}

extension [HTTPField] {
    /// Names as they were written; values may be secrets.
    fileprivate var jsonValue: JSONValue {
        .array(map { .members(["name": .string($0.name), "value": .redacted]) })
    }
}

extension ClosedRange<Int> {
    fileprivate var text: String { lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound)-\(upperBound)" }
}
