// SPDX-License-Identifier: Apache-2.0

/// Says what the nearing end of a certificate means for a target; the same for every kind of probe that does TLS.
///
/// Looks at the whole chain: an intermediate that ends takes every leaf below it along.
package struct CertificateExpiryCheck: Hashable, Sendable {
    private let expiry: CertificateExpiry

    package init(_ expiry: CertificateExpiry) {
        self.expiry = expiry
    }

    /// What a probe that otherwise passed has to say.
    package struct Finding: Hashable, Sendable {
        /// Degraded or unhealthy.
        package let verdict: Verdict
        /// Always `tls_expired`.
        package let failure: Failure
    }

    /// What is wrong at `time` with a connection of which `facts` were seen; nil when nothing is, or nothing is asked.
    package func finding(on facts: TLSFacts?, at time: WallTime) -> Finding? {
        guard expiry != CertificateExpiry(), let first = facts?.firstToExpire else { return nil }
        let left = Self.secondsLeft(of: first, at: time)
        if left <= 0 {
            let ago = Duration.seconds(-left).readable
            return finding(.unhealthy, "certificate of \(first.subject) ended \(ago) ago")
        }
        if let limit = expiry.unhealthy, .seconds(left) < limit {
            return finding(.unhealthy, Self.message(first, left, limit))
        }
        if let limit = expiry.degraded, .seconds(left) < limit {
            return finding(.degraded, Self.message(first, left, limit))
        }
        return nil
    }

    private func finding(_ verdict: Verdict, _ message: String) -> Finding {
        Finding(verdict: verdict, failure: Failure(.tlsExpired, message, evidence: Evidence(phase: .tls)))
    }

    private static func message(_ certificate: CertificateFacts, _ left: Int64, _ limit: Duration) -> String {
        "certificate of \(certificate.subject) ends in \(Duration.seconds(left).readable), less than \(limit.readable)"
    }

    /// Seconds until it ends, held within what a `Duration` in nanoseconds can tell.
    private static func secondsLeft(of certificate: CertificateFacts, at time: WallTime) -> Int64 {
        let now = time.nanosecondsSinceEpoch / 1_000_000_000
        let (left, overflow) = certificate.notAfter.subtractingReportingOverflow(now)
        let most: Int64 = 9_000_000_000
        guard !overflow else { return certificate.notAfter < now ? -most : most }
        return min(max(left, -most), most)
    }
}
