// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension TLSFacts {
    /// The `tls` object of an observation; members without a value are left out.
    var jsonValue: JSONValue {
        .members([
            "version": version.map(JSONValue.string),
            "cipher": cipher.map(JSONValue.string),
            "verified": isVerified.map(JSONValue.bool),
            "problem": verificationProblem.map(JSONValue.string),
            "resumed": isResumed ? .bool(true) : nil,
            "chain": chain.isEmpty ? nil : .array(chain.map(\.chainValue)),
        ])
    }
}

extension CertificateFacts {
    /// The `certificate` object of an observation, which is the server's own.
    ///
    /// - Parameter time: when the outcome arrived; without it the days left are not told.
    /// - Returns: the object.
    func jsonValue(at time: WallTime?) -> JSONValue {
        .members([
            "not_after": .string(WallTime.rfc3339(secondsSinceEpoch: notAfter)),
            "subject": .string(subject),
            "issuer": .string(issuer),
            "names": .array(names.map(JSONValue.string)),
            "days_left": time.map { .integer(daysLeft(at: $0)) },
        ])
    }

    /// One certificate of the chain.
    fileprivate var chainValue: JSONValue {
        .members([
            "subject": .string(subject),
            "issuer": .string(issuer),
            "serial": .string(serial),
            "not_before": .string(WallTime.rfc3339(secondsSinceEpoch: notBefore)),
            "not_after": .string(WallTime.rfc3339(secondsSinceEpoch: notAfter)),
        ])
    }
}
