// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HTTPTestSupport
import HealthModel
import Testing

@testable import TransportSecurity

@Suite("SessionTicket")
struct SessionTicketTests {
    private let provenAt = MonotonicInstant(nanoseconds: 1_000_000_000)

    private func profile() -> TLSProfile {
        TLSFiles().profile(
            for: TLSSettings(authorityFile: FreshCertificates.authority, resumption: .seconds(60))
        )
    }

    private func ticket(_ context: TLSContext, _ dates: [Range<Int64>]) throws -> SessionTicket {
        let chain = dates.map { dates in
            CertificateFacts(
                subject: "",
                issuer: "",
                names: [],
                serial: "",
                notBefore: dates.lowerBound,
                notAfter: dates.upperBound
            )
        }
        let session = try #require(SSL_SESSION_new())
        return SessionTicket(owning: session, of: context, facts: TLSFacts(chain: chain), provenAt: provenAt)
    }

    @Test("is good for as long after the full handshake as the settings say", arguments: [0, 59, 60, 61])
    func age(_ seconds: Int) throws {
        let profile = profile()
        let context = try profile.context()
        let ticket = try ticket(context, [0..<100])
        let now = provenAt.advanced(by: .seconds(seconds))
        #expect(ticket.isGood(for: context, at: now, calendar: 50) == (seconds < 60))
    }

    @Test("is good only while every certificate is in force", arguments: [9, 10, 79, 80] as [Int64])
    func dates(_ calendar: Int64) throws {
        let profile = profile()
        let context = try profile.context()
        let ticket = try ticket(context, [0..<100, 10..<80])
        #expect(ticket.isGood(for: context, at: provenAt, calendar: calendar) == (10..<80).contains(calendar))
    }

    @Test("is no good without a chain, or for who trusts by other files")
    func others() throws {
        let (profile, other) = (profile(), profile())
        let context = try profile.context()
        #expect(try !ticket(context, []).isGood(for: context, at: provenAt, calendar: 50))
        let good = try ticket(context, [0..<100])
        #expect(good.isGood(for: context, at: provenAt, calendar: 50))
        #expect(try !good.isGood(for: other.context(), at: provenAt, calendar: 50))
    }
}
