// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

@Suite("Request fields over HTTP/2")
struct HTTP2RequestFieldsTests {
    private func lines(_ fields: HTTP2RequestFields) -> [String] {
        fields.places.map { place in
            let name = String(decoding: fields.bytes[place.name], as: UTF8.self)
            let value = String(decoding: fields.bytes[place.value], as: UTF8.self)
            return "\(name)=\(value)\(place.isPassing ? " (passing)" : "")"
        }
    }

    @Test("pseudo fields come first, names are in lower case, and what belongs to one exchange comes last")
    func order() throws {
        let request = HTTPRequest(
            url: try HTTPURL("http://orders.test:8080/a?b"),
            method: "POST",
            headers: [HTTPField(name: "X-Key", value: "Value"), HTTPField(name: "empty", value: "")]
        )
        let fields = HTTP2RequestFields(request)
        #expect(
            lines(fields.adding([HTTPField(name: "grpc-timeout", value: "9m")])) == [
                ":method=POST", ":scheme=http", ":authority=orders.test:8080", ":path=/a?b", "x-key=Value", "empty=",
                "user-agent=bellwether", "grpc-timeout=9m (passing)",
            ]
        )
        #expect(lines(fields).count == 7)
    }

    @Test("Host becomes the authority, and a user agent that is given is the only one")
    func replaced() throws {
        let headers = [HTTPField(name: "Host", value: "a.test"), HTTPField(name: "User-Agent", value: "me")]
        let fields = HTTP2RequestFields(HTTPRequest(url: try HTTPURL("https://b.test/"), headers: headers))
        #expect(
            lines(fields) == [":method=GET", ":scheme=https", ":authority=a.test", ":path=/", "user-agent=me"]
        )
    }
}
