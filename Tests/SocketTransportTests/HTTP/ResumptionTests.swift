// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@Suite("Resumption of TLS sessions")
struct ResumptionTests {
    /// Runs fresh exchanges one after the other, and says what each server was told and what we saw.
    private func fetches(
        _ count: Int,
        from server: OpenSSLServer,
        resuming resumption: Duration,
        trusting authority: String = FreshCertificates.authority,
        between: @escaping @Sendable () -> Void = {}
    ) async throws -> [(said: String, facts: TLSFacts?)] {
        let request = HTTPRequest(
            url: try HTTPURL("https://127.0.0.1:\(server.port)/"),
            version: .http1,
            connection: .fresh,
            tls: TLSSettings(authorityFile: authority, resumption: resumption)
        )
        return try await withLoop { loop in
            let client = HTTPClient(over: .sockets, on: loop)
            let exchange = client.transport.prepare(request, on: loop)
            var seen: [(String, TLSFacts?)] = []
            for _ in 0..<count {
                let fetched = await client.run(exchange, timeout: .seconds(30), on: loop)
                let page = String(decoding: fetched.answer?.body ?? [], as: UTF8.self)
                let line = page.split(whereSeparator: \.isNewline).first { $0.contains(", TLSv1") } ?? "?"
                seen.append((String(line.prefix { $0 != "," }), fetched.result.tls))
                between()
            }
            exchange.close(on: loop)
            return seen
        }
    }

    @Test("a session is resumed when that is asked for, and tells what the full handshake saw", arguments: ["2", "3"])
    func resumes(_ minor: String) async throws {
        let server = OpenSSLServer("chained", "-tls1_\(minor)")
        defer { server.stop() }
        let seen = try await fetches(3, from: server, resuming: .seconds(600))
        #expect(seen.map(\.said) == ["New", "Reused", "Reused"])
        #expect(seen.map(\.facts?.isResumed) == [false, true, true])
        let first = try #require(seen[0].facts)
        #expect(first.chain.count == 3)
        #expect(first.isVerified == true)
        for later in seen.dropFirst() {
            #expect(later.facts?.chain == first.chain)
            #expect(later.facts?.isVerified == true)
            #expect(later.facts?.agreement == (first.agreement ?? "") + ", resumed")
        }
    }

    @Test("no session is resumed unless that is asked for", arguments: ["2", "3"])
    func byDefault(_ minor: String) async throws {
        let server = OpenSSLServer("chained", "-tls1_\(minor)")
        defer { server.stop() }
        let seen = try await fetches(2, from: server, resuming: .zero)
        #expect(seen.map(\.said) == ["New", "New"])
        #expect(seen.map(\.facts?.isResumed) == [false, false])
    }

    @Test("after its time a session is not resumed")
    func over() async throws {
        let server = OpenSSLServer("chained")
        defer { server.stop() }
        let seen = try await fetches(3, from: server, resuming: .nanoseconds(1))
        #expect(seen.map(\.said) == ["New", "New", "New"])
    }

    @Test("when the authorities have changed, the server has to show its certificate again")
    func otherAuthorities() async throws {
        let server = OpenSSLServer("chained")
        defer { server.stop() }
        let file = TemporaryFile()
        defer { file.remove() }
        file.write(TemporaryFile.contents(of: FreshCertificates.authority))
        let seen = try await fetches(2, from: server, resuming: .seconds(600), trusting: file.path) {
            file.write(TemporaryFile.contents(of: FreshCertificates.path("stranger.pem")))
        }
        #expect(seen.map(\.said) == ["New", "?"])
        #expect(seen[1].facts?.isVerified == false)
    }

    @Test("a server that gives no tickets is met with full handshakes")
    func withoutTickets() async throws {
        let server = OpenSSLServer("chained", "-tls1_3", "-num_tickets", "0")
        defer { server.stop() }
        let seen = try await fetches(2, from: server, resuming: .seconds(600))
        #expect(seen.map(\.said) == ["New", "New"])
    }
}
