// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("CertificateExpiryCheck")
struct CertificateExpiryCheckTests {
    /// 2026-11-21T03:49:10Z.
    private static let now: Int64 = 1_795_232_950
    private static let day: Int64 = 86_400
    private static let both = CertificateExpiry(degraded: .seconds(14 * day), unhealthy: .seconds(3 * day))

    private static func finding(
        _ expiry: CertificateExpiry,
        leaf: Int64,
        intermediate: Int64 = 365 * day
    ) -> CertificateExpiryCheck.Finding? {
        let chain = [("CN=leaf", leaf), ("CN=intermediate", intermediate)].map { subject, left in
            let (notAfter, overflow) = now.addingReportingOverflow(left)
            return CertificateFacts(
                subject: subject,
                issuer: "CN=x",
                names: [],
                serial: "01",
                notBefore: 0,
                notAfter: overflow ? .max : notAfter
            )
        }
        let time = WallTime(nanosecondsSinceEpoch: now * 1_000_000_000)
        return CertificateExpiryCheck(expiry).finding(on: TLSFacts(chain: chain), at: time)
    }

    @Test(
        "the time left decides, and the longer limit warns first",
        arguments: [
            (14 * day, nil, nil),
            (14 * day - 1, .degraded, "certificate of CN=leaf ends in 13d 23h, less than 14d"),
            (5 * day, .degraded, "certificate of CN=leaf ends in 5d, less than 14d"),
            (3 * day, .degraded, "certificate of CN=leaf ends in 3d, less than 14d"),
            (2 * day + 10_800, .unhealthy, "certificate of CN=leaf ends in 2d 3h, less than 3d"),
            (1, .unhealthy, "certificate of CN=leaf ends in 1s, less than 3d"),
            (0, .unhealthy, "certificate of CN=leaf ended 0ms ago"),
            (-2 * day, .unhealthy, "certificate of CN=leaf ended 2d ago"),
            (.max, nil, nil),
        ] as [(Int64, Verdict?, String?)]
    )
    func limits(left: Int64, verdict: Verdict?, message: String?) {
        let finding = Self.finding(Self.both, leaf: left)
        #expect(finding?.verdict == verdict)
        #expect(finding?.failure.message == message)
        #expect(finding?.failure.reason == verdict.map { _ in .tlsExpired })
    }

    @Test("an intermediate that ends before the leaf counts")
    func intermediate() {
        let finding = Self.finding(Self.both, leaf: 300 * Self.day, intermediate: Self.day)
        #expect(finding?.verdict == .unhealthy)
        #expect(finding?.failure.message == "certificate of CN=intermediate ends in 1d, less than 3d")
    }

    @Test("one limit alone is enough, and an ended certificate is unhealthy under either")
    func oneLimit() {
        let warning = CertificateExpiry(degraded: .seconds(Self.day))
        #expect(Self.finding(warning, leaf: 60)?.verdict == .degraded)
        #expect(Self.finding(warning, leaf: -60)?.verdict == .unhealthy)
        let critical = CertificateExpiry(unhealthy: .seconds(Self.day))
        #expect(Self.finding(critical, leaf: 2 * Self.day) == nil)
        #expect(Self.finding(critical, leaf: 60)?.verdict == .unhealthy)
    }

    @Test("without limits, and without a certificate, nothing is said")
    func nothingAsked() {
        #expect(Self.finding(CertificateExpiry(), leaf: -60) == nil)
        let check = CertificateExpiryCheck(Self.both)
        let time = WallTime(nanosecondsSinceEpoch: 0)
        #expect(check.finding(on: nil, at: time) == nil)
        #expect(check.finding(on: TLSFacts(), at: time) == nil)
    }
}
