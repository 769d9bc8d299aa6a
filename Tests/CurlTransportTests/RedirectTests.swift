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
            ("/", "more than 2 redirects"),
        ]
    )
    func refused(target: String, message: String) async throws {
        let server = ByteServer(.readRequest, Self.redirect(to: target))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port) { $0.redirects = 2 })
        #expect(fetched.reason == .redirect)
        #expect(fetched.layer == .l7Response)
        #expect(fetched.message == message)
        #expect(fetched.result.answer?.status == 302)
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
