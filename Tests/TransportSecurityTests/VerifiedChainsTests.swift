// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HTTPTestSupport
import HealthModel
import Testing

@testable import TransportSecurity

@Suite("VerifiedChains")
struct VerifiedChainsTests {
    /// What a server that shows these certificates asks of whoever verifies them.
    private static func question(_ names: [String], as serverName: String, level: CInt = 2) -> VerifiedChains.Question?
    {
        guard let sent = copenssl_new_stack(), let store = X509_STORE_new(), let verification = X509_STORE_CTX_new()
        else { return nil }
        defer {
            X509_STORE_CTX_free(verification)
            X509_STORE_free(store)
            copenssl_free_stack(sent)
        }
        for name in names {
            guard let input = BIO_new_file(FreshCertificates.path("\(name).pem"), "r") else { return nil }
            if let certificate = copenssl_read_certificate(input) { _ = copenssl_push(sent, certificate) }
            BIO_free_all(input)
        }
        X509_STORE_CTX_init(verification, store, copenssl_certificate(sent, 0), sent)
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(verification), level)
        return VerifiedChains.Question(serverName, verification)
    }

    private static func facts(_ times: Range<Int64>) -> CertificateFacts {
        CertificateFacts(
            subject: "",
            issuer: "",
            names: [],
            serial: "",
            notBefore: times.lowerBound,
            notAfter: times.upperBound
        )
    }

    @Test("a chain is good only while each of its certificates is in force", arguments: [99, 100, 149, 150] as [Int64])
    func time(_ now: Int64) throws {
        let question = try #require(Self.question(["chained", "intermediate"], as: "target.test"))
        let verified = VerifiedChains()
        let chain = [Self.facts(100..<200), Self.facts(50..<150)]
        verified.remember(chain, for: question)
        #expect(verified.chain(for: question, at: now) == ((100..<150).contains(now) ? chain : nil))
    }

    @Test("other certificates, another name or another security level are other questions")
    func otherQuestions() throws {
        let verified = VerifiedChains()
        verified.remember(
            [Self.facts(0..<100)],
            for: try #require(Self.question(["chained", "intermediate"], as: "target.test"))
        )
        func knows(_ names: [String], _ serverName: String, level: CInt = 2) throws -> Bool {
            let question = try #require(Self.question(names, as: serverName, level: level))
            return verified.chain(for: question, at: 1) != nil
        }
        #expect(try knows(["chained", "intermediate"], "target.test"))
        #expect(try !knows(["chained", "intermediate"], "other.test"))
        #expect(try !knows(["chained", "intermediate"], "target.test", level: 0))
        #expect(try !knows(["chained"], "target.test"))
        #expect(try !knows(["intermediate", "chained"], "target.test"))
        #expect(try !knows(["chained", "dead-intermediate"], "target.test"))
    }

    @Test("a chain that never is in force, or is too long for its facts, is not remembered")
    func forgotten() throws {
        let question = try #require(Self.question(["chained"], as: "target.test"))
        let verified = VerifiedChains()
        verified.remember([Self.facts(0..<50), Self.facts(60..<100)], for: question)
        verified.remember(Array(repeating: Self.facts(0..<100), count: TLSFacts.maximumCertificates), for: question)
        verified.remember([], for: question)
        for now in [1, 55, 70] as [Int64] { #expect(verified.chain(for: question, at: now) == nil) }
    }

    @Test("there is a bound to what is remembered, and past it new chains still are")
    func bound() throws {
        let verified = VerifiedChains()
        let chain = [Self.facts(0..<100)]
        let first = try #require(Self.question(["chained"], as: "0.test"))
        verified.remember(chain, for: first)
        for number in 1...VerifiedChains.maximum {
            verified.remember(chain, for: try #require(Self.question(["chained"], as: "\(number).test")))
        }
        #expect(verified.chain(for: first, at: 1) == nil)
        let last = try #require(Self.question(["chained"], as: "\(VerifiedChains.maximum).test"))
        #expect(verified.chain(for: last, at: 1) == chain)
    }
}
