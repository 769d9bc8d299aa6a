// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@testable import HealthServer

@Suite("Access")
struct AccessTests {
    private static let peer = Peer(address: .ip("192.0.2.1", isLoopback: false))
    private static let certified = Peer(address: .ip("192.0.2.1", isLoopback: false), isCertified: true)

    private static func settings(
        _ address: String,
        admin: Bool = false,
        token: Bool = false,
        authority: Bool = false
    ) throws -> ListenerSettings {
        ListenerSettings(
            address: .tcp(try HostPort(address)),
            isAdmin: admin,
            tls: authority ? ListenerTLS(certificateFile: "/c", keyFile: "/k", clientAuthorityFile: "/a") : nil,
            token: token ? .file("/t") : nil
        )
    }

    /// The code that a request is refused with; nil when it has access.
    private static func code(
        _ settings: ListenerSettings,
        _ access: Access = .reading,
        _ peer: Peer = peer,
        _ authorization: [String] = []
    ) throws -> Int? {
        do throws(ErrorAnswer) {
            let token = settings.token == nil ? nil : try? BearerToken("tok-123")
            try AccessRules(settings).check(access, by: peer, authorization: authorization, token: token)
            return nil
        } catch {
            return error.kind.rawValue
        }
    }

    @Test("loopback is open to readers, and to writers where it is an admin listener")
    func loopback() throws {
        #expect(try Self.code(Self.settings("127.0.0.1:1")) == nil)
        #expect(try Self.code(Self.settings("127.0.0.1:1"), .writing) == 403)
        #expect(try Self.code(Self.settings("[::1]:1", admin: true), .writing) == nil)
    }

    @Test("a unix socket is open to whoever may connect")
    func unix() throws {
        let settings = ListenerSettings(address: .unix(path: "/s"))
        #expect(try Self.code(settings) == nil)
        #expect(try Self.code(settings, .writing) == nil)
    }

    @Test(
        "off loopback nobody has access where there is neither token nor authority",
        arguments: ["0.0.0.0:1", "[::]:1"]
    )
    func shut(address: String) throws {
        #expect(try Self.code(Self.settings(address)) == 403)
        #expect(try Self.code(Self.settings(address), .reading, Self.certified, ["Bearer tok-123"]) == 403)
    }

    @Test("a socket whose address is not known is as one that others can reach")
    func inherited() throws {
        #expect(try Self.code(ListenerSettings(address: .inherited(name: nil))) == 403)
    }

    @Test("a token opens its listener, wherever that is", arguments: ["0.0.0.0:1", "127.0.0.1:1"])
    func token(address: String) throws {
        let settings = try Self.settings(address, token: true)
        #expect(try Self.code(settings) == 401)
        #expect(try Self.code(settings, .reading, Self.certified) == 401)
        #expect(try Self.code(settings, .reading, Self.peer, ["bearer  tok-123"]) == nil)
        #expect(try Self.code(settings, .writing, Self.peer, ["Bearer tok-123"]) == 403)
        let admin = try Self.settings(address, admin: true, token: true)
        #expect(try Self.code(admin, .writing, Self.peer, ["Bearer tok-123"]) == nil)
        #expect(try Self.code(admin, .writing) == 401)
    }

    @Test(
        "anything but exactly the token is refused",
        arguments: [
            "", "Bearer", "Bearer ", "Bearer tok-12", "Bearer tok-1234", "Bearer tok-123tok-123", "Bearer Tok-123",
            "Basic tok-123", "tok-123", "Bearer tok-123,", "Bearer tok-123 ",
        ]
    )
    func wrongToken(field: String) throws {
        #expect(try Self.code(Self.settings("0.0.0.0:1", token: true), .reading, Self.peer, [field]) == 401)
    }

    @Test("two fields open nothing, even when one of them would")
    func twoFields() throws {
        let fields = ["Bearer tok-123", "Bearer tok-123"]
        #expect(try Self.code(Self.settings("0.0.0.0:1", token: true), .reading, Self.peer, fields) == 401)
    }

    @Test("a certificate of the authority opens, and where only that does, a token is not asked for")
    func certificate() throws {
        let settings = try Self.settings("0.0.0.0:1", authority: true)
        #expect(try Self.code(settings) == 403)
        #expect(try Self.code(settings, .reading, Self.certified) == nil)
        let either = try Self.settings("0.0.0.0:1", token: true, authority: true)
        #expect(try Self.code(either) == 401)
        #expect(try Self.code(either, .reading, Self.certified) == nil)
        #expect(try Self.code(either, .reading, Self.peer, ["Bearer tok-123"]) == nil)
    }

    @Test("a missing and a wrong token are challenged differently (RFC 6750 section 3.1)")
    func challenge() throws {
        let rules = AccessRules(try Self.settings("0.0.0.0:1", token: true))
        func challenge(_ authorization: [String]) -> String? {
            do throws(ErrorAnswer) {
                try rules.check(.reading, by: Self.peer, authorization: authorization, token: nil)
                return nil
            } catch {
                return error.fields.first { $0.name == "WWW-Authenticate" }?.value
            }
        }
        #expect(challenge([]) == "Bearer realm=\"bellwether\"")
        #expect(challenge(["Bearer x"]) == "Bearer realm=\"bellwether\", error=\"invalid_token\"")
    }

    @Test("a token that no field could carry is refused", arguments: ["", "a b", "a\tb", "ä", "a\nb"])
    func unusable(text: String) {
        #expect(throws: MaterialProblem.self) { try BearerToken(text) }
    }

    @Test("a token is never shown")
    func hidden() throws {
        let token = try BearerToken("tok-123")
        #expect("\(token) \(String(reflecting: token)) \(Mirror(reflecting: token).children.count)" == "*** *** 0")
    }
}
