// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("WebSocketURL")
struct WebSocketURLTests {
    @Test(
        "a URL is taken apart",
        arguments: [
            ("ws://feed.test", false, "feed.test:80", "/"),
            ("wss://feed.test/chat?room=1", true, "feed.test:443", "/chat?room=1"),
            ("WS://feed.test:8080?x", false, "feed.test:8080", "/?x"),
            ("wss://[::1]:8443/", true, "[::1]:8443", "/"),
        ]
    )
    func parts(text: String, isSecure: Bool, address: String, path: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.text == text)
        #expect(url.isSecure == isSecure)
        #expect(url.address.description == address)
        #expect(url.pathAndQuery == path)
    }

    @Test(
        "anything else is refused, with a hint",
        arguments: [
            ("feed.test/", "no scheme (use ws://host/path or wss://host/path)"),
            ("http://feed.test/", "scheme \"http\" is not allowed (use ws or wss)"),
            ("://feed.test/", "scheme \"\" is not allowed (use ws or wss)"),
            ("ws://", "no host"),
            ("ws://me:x@feed.test/", "user information in the URL is not allowed"),
            ("ws://feed.test/#top", "a fragment (#…) is never sent; remove it"),
            ("ws://feed.test/a b", "white space, control or non-ASCII character (percent-encode it)"),
        ]
    )
    func refused(text: String, message: String) {
        let problem = #expect(throws: HTTPURL.Problem.self) { try WebSocketURL(text) }
        #expect(problem?.message == message)
    }
}
