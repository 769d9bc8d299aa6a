// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("Proxies and Unix sockets")
struct ProxyTests {
    private static func request(
        through server: UInt16,
        scheme: String = "http",
        _ change: (inout HTTPRequest) -> Void = { _ in }
    ) throws -> HTTPRequest {
        var request = HTTPRequest(url: try HTTPURL("\(scheme)://target.test/health"))
        request.proxy = try HostPort("127.0.0.1:\(server)")
        change(&request)
        return request
    }

    @Test("over a proxy the request has the whole URL, the connection is kept, and no name is resolved here")
    func plain() async throws {
        let answer = ByteServer.answer("ok")
        let proxy = ByteServer(.readRequest, answer, .readRequest, answer)
        defer { proxy.stop() }
        let asked = try Self.request(through: proxy.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(asked, on: loop)
            for round in 0..<2 {
                let fetched = await client.run(exchange, on: loop)
                #expect(fetched.answer?.status == 200)
                #expect(fetched.result.isReused == (round == 1))
            }
            #expect(client.resolver.questions == 0)
            exchange.close(on: loop)
        }
        #expect(proxy.requests.first?.hasPrefix("GET http://target.test/health HTTP/1.1\r\n") == true)
    }

    @Test("https goes through a tunnel, in which nothing but the target's name is told to the proxy")
    func tunnel() async throws {
        let nginx = Nginx()
        let proxy = TunnelServer(to: nginx.securePort)
        defer {
            proxy.stop()
            nginx.stop()
        }
        let asked = try Self.request(through: proxy.port, scheme: "https") { request in
            request.headers = [HTTPField(name: "Authorization", value: "Bearer hidden")]
            request.tls.authorityFile = "\(Nginx.certificates)/authority.pem"
        }
        let fetched = try await fetchOnce(asked)
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.tls?.isVerified == true)
        #expect(fetched.result.address == "127.0.0.1:\(proxy.port)")
        #expect(proxy.request?.hasPrefix("CONNECT target.test:443 HTTP/1.1\r\n") == true)
        #expect(proxy.request?.contains("hidden") == false)
    }

    @Test("a proxy is resolved by us, and its name is in what goes wrong")
    func names() async throws {
        var asked = try Self.request(through: 80)
        asked.proxy = try HostPort("proxy.test:3128")
        let missing = ResolutionAnswer.failed(ResolutionFailure(kind: .notFound, message: "name or service not known"))
        let unresolved = try await fetchOnce(asked, names: ["proxy.test": missing])
        #expect(unresolved.reason == .dns)
        #expect(unresolved.message == "proxy proxy.test:3128: name or service not known")
        let late = try await fetchOnce(asked, timeout: .milliseconds(200))
        #expect(late.message?.hasPrefix("proxy proxy.test:3128: no answer from the resolver within ") == true)
        let (refusing, port) = LocalSocket.bound(backlog: nil)
        defer { close(refusing) }
        asked.proxy = try HostPort("proxy.test:\(port)")
        let refused = try await fetchOnce(asked, names: ["proxy.test": loopback(port)])
        #expect(refused.reason == .refused && refused.layer == .l4Connection)
        #expect(refused.message == "proxy proxy.test:\(port): connection refused")
    }

    @Test(
        "what a proxy says instead of opening a tunnel is the proxy's, not the target's",
        arguments: [
            (
                [ByteServer.answer("no", status: "403 Forbidden")], FailureReason.unreachable,
                "the proxy PROXY does not connect to the target: it answers 403"
            ),
            (
                [ByteServer.answer("", status: "502 Bad Gateway")], .unreachable,
                "the proxy PROXY does not connect to the target: it answers 502"
            ),
            (
                [ByteServer.answer("", status: "407 Proxy Authentication Required")], .unreachable,
                "the proxy PROXY does not connect to the target: it answers 407"
            ),
            ([.reset], .reset, "the proxy PROXY reset the connection instead of connecting to the target"),
            ([.send("220 smtp\r\n")], .protocolError, "the proxy PROXY gives no proper answer to CONNECT: "),
            ([], .protocolError, "the proxy PROXY gives no proper answer to CONNECT: "),
            ([.silence], .connectTimeout, "the proxy PROXY made no connection to the target within "),
        ] as [([ByteServer.Step], FailureReason, String)]
    )
    func refusedTunnel(steps: [ByteServer.Step], reason: FailureReason, message: String) async throws {
        let proxy = ByteServer([[.readRequest] + steps])
        defer { proxy.stop() }
        let timeout = Duration.milliseconds(reason == .connectTimeout ? 400 : 10_000)
        let fetched = try await fetchOnce(Self.request(through: proxy.port, scheme: "https"), timeout: timeout)
        #expect(fetched.reason == reason)
        let shown = message.split(separator: "PROXY", omittingEmptySubsequences: false)
            .joined(separator: "127.0.0.1:\(proxy.port)")
        #expect(fetched.message?.hasPrefix(shown) == true)
    }

    @Test("a redirect to a listed host goes through the proxy as well")
    func redirected() async throws {
        let proxy = ByteServer([
            [.readRequest, ByteServer.answer("", status: "302 Found", fields: "Location: http://other.test/\r\n")],
            [.readRequest, ByteServer.answer("there")],
        ])
        defer { proxy.stop() }
        let asked = try Self.request(through: proxy.port) { request in
            request.redirects = 1
            request.redirectHosts = ["other.test"]
        }
        let fetched = try await fetchOnce(asked)
        #expect(fetched.answer?.body == Array("there".utf8))
        #expect(proxy.requests.last?.hasPrefix("GET http://other.test/ HTTP/1.1\r\n") == true)
    }

    @Test("row 31: a Unix socket is connected to instead of the URL's host, and kept")
    func unixSocket() async throws {
        let answer = ByteServer.answer("ok")
        let path = "/tmp/bellwether-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        let server = ByteServer(unixSocket: path, [[.readRequest, answer, .readRequest, answer]])
        defer { server.stop() }
        var asked = HTTPRequest(url: try HTTPURL("http://target.test/health"))
        asked.unixSocket = path
        let over = asked
        try await withLoop { loop in
            // No IP address is contacted, so no rule about them holds.
            loop.addressRules = AddressRules(denied: [try AddressBlock("0.0.0.0/0"), try AddressBlock("::/0")])
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(over, on: loop)
            for round in 0..<2 {
                let fetched = await client.run(exchange, on: loop)
                #expect(fetched.answer?.status == 200)
                #expect(fetched.result.address == "unix:\(path)")
                #expect(fetched.result.isReused == (round == 1))
            }
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
        #expect(server.requests.first?.contains("Host: target.test\r\n") == true)
    }

    @Test("row 31: a Unix socket that is missing, or that nobody listens on, refuses")
    func deadSockets() async throws {
        let path = "/tmp/bellwether-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        var asked = HTTPRequest(url: try HTTPURL("http://target.test/"))
        asked.unixSocket = path
        let missing = try await fetchOnce(asked)
        #expect(missing.reason == .refused && missing.layer == .l4Connection)
        #expect(missing.message == "there is no socket \(path)")
        let server = ByteServer(unixSocket: path, keepsFile: true, [[.silence]])
        server.stop()
        defer { unlink(path) }
        let stale = try await fetchOnce(asked)
        #expect(stale.reason == .refused)
        #expect(stale.message == "nobody listens on \(path)")
    }

    @Test("a redirect to another host leaves the Unix socket")
    func leavesSocket() async throws {
        let path = "/tmp/bellwether-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        let second = ByteServer(.readRequest, ByteServer.answer("there"))
        let away = ByteServer.answer("", status: "302 Found", fields: "Location: http://127.0.0.1:\(second.port)/\r\n")
        let server = ByteServer(unixSocket: path, [[.readRequest, away]])
        defer {
            server.stop()
            second.stop()
        }
        var asked = HTTPRequest(url: try HTTPURL("http://target.test/"))
        asked.unixSocket = path
        asked.redirects = 1
        asked.redirectHosts = ["127.0.0.1"]
        let fetched = try await fetchOnce(asked)
        #expect(fetched.answer?.body == Array("there".utf8))
        #expect(fetched.result.address == "127.0.0.1:\(second.port)")
    }
}
