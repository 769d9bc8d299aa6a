// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("Redirects")
struct RedirectTests {
    private static func redirect(to target: String, status: String = "302 Found") -> ByteServer.Step {
        ByteServer.answer("", status: status, fields: "Location: \(target)\r\n")
    }

    @Test("a redirect is an answer like any other when none may be followed")
    func notFollowed() async throws {
        let server = ByteServer(.readRequest, Self.redirect(to: "/next"))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port))
        #expect(fetched.answer?.status == 302)
        #expect(fetched.answer?.headers.first("location") == "/next")
    }

    @Test("a redirect on the same host is followed, and the last answer counts")
    func followed() async throws {
        let server = ByteServer(
            .readRequest,
            Self.redirect(to: "/next?a=b#part"),
            .readRequest,
            ByteServer.answer("there")
        )
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port) { $0.redirects = 1 })
        #expect(fetched.answer?.status == 200)
        #expect(fetched.answer?.body == Array("there".utf8))
        #expect(fetched.result.phases.connect != nil)
        #expect(server.requests.map { $0.prefix { $0 != "\r\n" } } == ["GET / HTTP/1.1", "GET /next?a=b HTTP/1.1"])
    }

    @Test("a redirect to another port of the same host, known by name, is followed")
    func otherPort() async throws {
        let second = ByteServer(.readRequest, ByteServer.answer("there"))
        let first = ByteServer(.readRequest, Self.redirect(to: "http://target.test:\(second.port)/"))
        defer {
            first.stop()
            second.stop()
        }
        let named = try request(first.port, host: "target.test") { $0.redirects = 1 }
        let fetched = try await fetchOnce(named, names: ["target.test": loopback(first.port)])
        #expect(fetched.answer?.body == Array("there".utf8))
        #expect(fetched.result.address == "127.0.0.1:\(second.port)")
    }

    @Test("the request is prepared again as it was after a redirect changed it")
    func restored() async throws {
        let seeOther: [ByteServer.Step] = [.readRequest, Self.redirect(to: "/next", status: "303 See Other")]
        let there: [ByteServer.Step] = [.readRequest, ByteServer.answer("there")]
        let server = ByteServer([seeOther, there, seeOther, there])
        defer { server.stop() }
        let post = try request(server.port) { request in
            request.method = "PUT"
            request.redirects = 1
            request.connection = .fresh
        }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(post, on: loop)
            for _ in 0..<2 {
                let fetched = await client.run(exchange, on: loop)
                #expect(fetched.answer?.body == Array("there".utf8))
            }
            exchange.close(on: loop)
        }
        let lines = server.requests.map { String($0.prefix { $0 != "\r\n" }) }
        #expect(lines == ["PUT / HTTP/1.1", "GET /next HTTP/1.1", "PUT / HTTP/1.1", "GET /next HTTP/1.1"])
    }

    @Test(
        "a redirect that may not be followed fails as redirect",
        arguments: [
            ("http://other.test/", "redirect to another host, other.test"),
            ("http://169.254.169.254/latest", "redirect to another host, 169.254.169.254"),
            ("ftp://127.0.0.1/", "redirect to an unusable URL: scheme \"ftp\" is not allowed (use http or https)"),
            ("file:///etc/passwd", "redirect to an unusable URL: scheme \"file\" is not allowed (use http or https)"),
            (
                "http://user:secret@127.0.0.1/",
                "redirect to an unusable URL: user information in the URL is not allowed"
            ),
            ("/", "redirect loop, back to http://127.0.0.1:PORT/"),
            ("//[::1", "redirect to an unusable URL: no scheme (use http://host/path or https://host/path)"),
        ]
    )
    func refused(target: String, message: String) async throws {
        let server = ByteServer(.readRequest, Self.redirect(to: target))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port) { $0.redirects = 2 })
        #expect(fetched.reason == .redirect)
        #expect(fetched.layer == .l7Response)
        let expected = message.split(separator: "PORT", omittingEmptySubsequences: false)
        #expect(fetched.message == expected.joined(separator: "\(server.port)"))
        #expect(fetched.result.answer?.status == 302)
        #expect(fetched.result.redirects.first == "http://127.0.0.1:\(server.port)/")
    }

    @Test("one redirect too many fails as redirect, and the whole chain is told without queries")
    func tooMany() async throws {
        let server = ByteServer(
            .readRequest,
            Self.redirect(to: "/two?token=secret"),
            .readRequest,
            Self.redirect(to: "three", status: "307 Temporary Redirect"),
            .readRequest,
            Self.redirect(to: "?four")
        )
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port, path: "/one?key=secret") { $0.redirects = 2 })
        #expect(fetched.reason == .redirect)
        #expect(fetched.message == "more than 2 redirects")
        let origin = "http://127.0.0.1:\(server.port)"
        #expect(fetched.result.redirects == ["\(origin)/one", "\(origin)/two", "\(origin)/three", "\(origin)/three"])
        #expect(server.requests.count == 3)
    }

    @Test("a POST that is answered by a redirect to itself is no loop, as it is asked by GET")
    func seeItself() async throws {
        let server = ByteServer(
            .readRequest,
            Self.redirect(to: "/", status: "303 See Other"),
            .readRequest,
            ByteServer.answer("there")
        )
        defer { server.stop() }
        let post = try request(server.port) { request in
            request.method = "POST"
            request.redirects = 3
        }
        let fetched = try await fetchOnce(post)
        #expect(fetched.answer?.body == Array("there".utf8))
        #expect(server.requests.map { $0.prefix { $0 != "\r\n" } } == ["POST / HTTP/1.1", "GET / HTTP/1.1"])
    }

    @Test("a redirect may lead to a listed host, which is resolved for itself")
    func listedHost() async throws {
        let second = ByteServer(.readRequest, ByteServer.answer("there"))
        let first = ByteServer(.readRequest, Self.redirect(to: "http://OTHER.test:\(second.port)/login"))
        defer {
            first.stop()
            second.stop()
        }
        let named = try request(first.port, host: "target.test") { request in
            request.redirects = 1
            request.redirectHosts = ["other.test"]
        }
        let names = ["target.test": loopback(first.port), "other.test": loopback(second.port)]
        let fetched = try await fetchOnce(named, names: names)
        #expect(fetched.answer?.body == Array("there".utf8))
        #expect(fetched.result.address == "127.0.0.1:\(second.port)")
        #expect(fetched.result.redirects.last == "http://other.test:\(second.port)/login")
        #expect(second.requests.first?.contains("Host: other.test:\(second.port)\r\n") == true)
    }

    @Test("P12: to another origin goes no credential, whichever way it was configured", arguments: [true, false])
    func credentials(isOtherHost: Bool) async throws {
        let second = ByteServer(.readRequest, ByteServer.answer("there"))
        let host = isOtherHost ? "other.test" : "target.test"
        let first = ByteServer(.readRequest, Self.redirect(to: "http://\(host):\(second.port)/"))
        defer {
            first.stop()
            second.stop()
        }
        let secrets = ["Authorization", "Cookie", "X-Added", "Proxy-Authorization"]
        let named = try request(first.port, host: "target.test") { request in
            request.redirects = 1
            request.redirectHosts = ["other.test"]
            request.headers = [
                HTTPField(name: "authorization", value: "hidden"), HTTPField(name: "COOKIE", value: "hidden"),
                HTTPField(name: "Proxy-Authorization", value: "hidden"), HTTPField(name: "X-Probe", value: "yes"),
                HTTPField(name: "Host", value: "virtual.test"),
            ]
        }
        let port = second.port
        try await withLoop { loop in
            let client = HTTPClient(names: ["target.test": loopback(80), "other.test": loopback(80)], on: loop)
            let exchange = client.transport.prepare(named, on: loop)
            let added = [HTTPField(name: "X-Added", value: "hidden")]
            let fetched = await client.run(exchange, adding: added, on: loop)
            #expect(fetched.answer?.body == Array("there".utf8))
            #expect(fetched.result.address == "127.0.0.1:\(port)")
            exchange.close(on: loop)
        }
        let (told, other) = (first.requests.first ?? "", second.requests.first ?? "")
        for name in secrets { #expect(told.lowercased().contains(name.lowercased() + ": hidden")) }
        #expect(told.contains("Host: virtual.test\r\n"))
        #expect(!other.contains("hidden") && !other.contains("virtual"))
        #expect(other.contains("X-Probe: yes\r\n"))
    }

    @Test("the connection to the target is kept across a redirect to another host, and used again")
    func keptConnection() async throws {
        let second = ByteServer(.readRequest, ByteServer.answer("there"))
        let away = Self.redirect(to: "http://other.test:\(second.port)/")
        let first = ByteServer(.readRequest, away, .readRequest, away)
        defer {
            first.stop()
            second.stop()
        }
        let named = try request(first.port, host: "target.test") { request in
            request.redirects = 1
            request.redirectHosts = ["other.test"]
        }
        let names = ["target.test": loopback(first.port), "other.test": loopback(second.port)]
        try await withLoop { loop in
            let client = HTTPClient(names: names, on: loop)
            let exchange = client.transport.prepare(named, on: loop)
            for _ in 0..<2 {
                let fetched = await client.run(exchange, on: loop)
                #expect(fetched.answer?.body == Array("there".utf8))
            }
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
        #expect(first.accepted == 1)
        #expect(second.accepted == 2)
    }

    @Test("row 6: from http to https under another name the server name is that of the new host")
    func toTLS() async throws {
        let nginx = Nginx()
        let server = ByteServer(.readRequest, Self.redirect(to: "https://localhost:\(nginx.securePort)/"))
        defer {
            server.stop()
            nginx.stop()
        }
        let named = try request(server.port, host: "target.test") { request in
            request.redirects = 1
            request.redirectHosts = ["localhost"]
            request.tls.authorityFile = "\(Nginx.certificates)/authority.pem"
            // Of the target itself, whose name this is not.
            request.tls.serverName = "elsewhere.test"
        }
        let names = ["target.test": loopback(server.port), "localhost": loopback(nginx.securePort)]
        let fetched = try await fetchOnce(named, names: names)
        #expect(fetched.message == nil)
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.tls?.isVerified == true)
    }

    @Test("from https to http only a listed host is followed to", arguments: [false, true])
    func downgrade(isListed: Bool) async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("there"))
        let nginx = Nginx(locations: "location /down { return 302 http://127.0.0.1:\(server.port)/; }")
        defer {
            nginx.stop()
            server.stop()
        }
        let secure = try request(nginx.securePort, scheme: "https", path: "/down") { request in
            request.redirects = 1
            request.tls.authorityFile = "\(Nginx.certificates)/authority.pem"
            if isListed { request.redirectHosts = ["127.0.0.1"] }
        }
        let fetched = try await fetchOnce(secure)
        #expect(fetched.answer?.status == (isListed ? 200 : nil))
        let refusal = "redirect from https to http, which needs 127.0.0.1 in redirect_hosts"
        #expect(fetched.message == (isListed ? nil : refusal))
        #expect(server.accepted == (isListed ? 1 : 0))
    }

    @Test("a listed host that cannot be resolved fails as dns, with the chain told")
    func unresolved() async throws {
        let server = ByteServer(.readRequest, Self.redirect(to: "http://other.test/"))
        defer { server.stop() }
        let named = try request(server.port) { request in
            request.redirects = 1
            request.redirectHosts = ["other.test"]
        }
        let missing = ResolutionAnswer.failed(ResolutionFailure(kind: .notFound, message: "name or service not known"))
        let fetched = try await fetchOnce(named, names: ["other.test": missing])
        #expect(fetched.reason == .dns)
        #expect(fetched.result.redirects == ["http://127.0.0.1:\(server.port)/", "http://other.test:80/"])
        let late = try await fetchOnce(named, timeout: .milliseconds(300))
        #expect(late.reason == .dns && late.layer == .l4Timeout)
        #expect(late.took <= .milliseconds(550))
    }

    @Test("a redirect without a Location fails as redirect")
    func withoutLocation() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("", status: "301 Moved Permanently"))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port) { $0.redirects = 1 })
        #expect(fetched.reason == .redirect)
        #expect(fetched.message == "301 without a Location")
    }

    @Test(
        "the method changes as RFC 9110 section 15.4 says",
        arguments: [
            (301, "POST", true), (302, "POST", true), (303, "POST", true), (307, "POST", false), (308, "POST", false),
            (301, "PUT", false), (303, "PUT", true), (303, "HEAD", false), (302, "GET", false),
        ]
    )
    func method(status: Int, method: String, becomesGet: Bool) {
        #expect(RedirectRule.becomesGet(status: status, method: method) == becomesGet)
    }
}
