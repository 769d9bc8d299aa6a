// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension Outcome {
    /// The outcome's members, in the order every document has them.
    ///
    /// - Parameter time: when the outcome arrived; nil leaves it null.
    /// - Returns: always the same members; those without a value are null.
    func jsonMembers(at time: WallTime?) -> [JSONValue.Member] {
        JSONValue.list([
            "verdict": .string(verdict.rawValue),
            "reason": .text(failure?.reason.rawValue),
            "layer": .string(layer.rawValue),
            "message": .string(message),
            "at": .text(time?.rfc3339),
            "duration_s": .seconds(duration),
            "phases": .object(
                Phase.allCases.compactMap { phase in
                    phases[phase].map { JSONValue.Member(name: "\(phase.rawValue)_s", value: .seconds($0)) }
                }
            ),
            "address": .text(address),
            "observed": value(of: observed, at: time),
            "evidence": failure.map { value(of: $0.evidence) } ?? .null,
        ])
    }

    private func value(of observed: Observed, at time: WallTime?) -> JSONValue {
        .members([
            "status": observed.httpStatus.map { .integer(Int64($0)) },
            "http_version": observed.httpVersion.map(JSONValue.string),
            "tls": observed.tls.map(\.jsonValue),
            "certificate": observed.tls?.leaf.map { $0.jsonValue(at: time) },
            "close_code": observed.closeCode.map { .integer(Int64($0)) },
            "grpc_status": observed.grpcStatus.map { .integer(Int64($0)) },
            "serving_status": observed.servingStatus.map(JSONValue.string),
            "watch": observed.watch.map { .string($0.rawValue) },
            "exit_code": observed.exitCode.map { .integer(Int64($0)) },
            "signal": observed.signal.map { .integer(Int64($0)) },
            "output": observed.output.map(JSONValue.string),
            "perfdata": observed.performanceData.isEmpty ? nil : .array(observed.performanceData.map(value)),
            "attempts": observed.attempts.map { .integer(Int64($0)) },
            "dns": observed.facts?.dnsJSON,
            "icmp": observed.facts?.echoJSON,
            "process": observed.facts?.processJSON,
        ])
    }

    private func value(of datum: PerformanceDatum) -> JSONValue {
        .members([
            "label": .string(datum.label),
            "value": datum.value.map(JSONValue.number) ?? .null,
            "unit": .string(datum.unit),
        ])
    }

    private func value(of evidence: Evidence) -> JSONValue {
        .members([
            "phase": evidence.phase.map { .string($0.rawValue) },
            "errno": evidence.systemError.map { .integer(Int64($0.code)) },
            "system_error": evidence.systemError.map { .string($0.text) },
            "curl_code": evidence.curlCode.map { .integer(Int64($0)) },
            "tls_alert": evidence.tlsAlert.map(JSONValue.string),
            "excerpt": evidence.excerpt.map(JSONValue.string),
        ])
    }
}
