// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("HTTPURL")
struct HTTPURLTests {
    @Test(
        "a URL is taken apart into scheme, address and target",
        arguments: [
            ("http://a/", "http a:80 /"),
            ("http://a", "http a:80 /"),
            ("HTTPS://A/Path", "https a:443 /Path"),
            ("https://a:8443/b?c=d&e", "https a:8443 /b?c=d&e"),
            ("http://a?c", "http a:80 /?c"),
            ("http://a//b", "http a:80 //b"),
            ("http://[::1]/x", "http [::1]:80 /x"),
            ("http://[::1]:81", "http [::1]:81 /"),
            ("http://a/b@c:d", "http a:80 /b@c:d"),
        ]
    )
    func accepted(text: String, parts: String) throws {
        let url = try HTTPURL(text)
        #expect("\(url.isSecure ? "https" : "http") \(url.address) \(url.pathAndQuery)" == parts)
        #expect(url.text == text)
    }

    @Test(
        "what cannot be probed is refused with the reason",
        arguments: [
            ("a/b", "no scheme (use http://host/path or https://host/path)"),
            ("file:///etc/passwd", "scheme \"file\" is not allowed (use http or https)"),
            ("ftp://a/", "scheme \"ftp\" is not allowed (use http or https)"),
            ("://a/", "scheme \"\" is not allowed (use http or https)"),
            ("http://u:p@a/", "user information in the URL is not allowed"),
            ("http://a/#b", "a fragment (#…) is never sent; remove it"),
            ("http://a/ b", "white space, control or non-ASCII character (percent-encode it)"),
            ("http://a/\r\nX: y", "white space, control or non-ASCII character (percent-encode it)"),
            ("http://ä/", "white space, control or non-ASCII character (percent-encode it)"),
            ("http:///b", "no host"),
            ("http://a:/", "port \"\" is not a number from 1 to 65535"),
            ("http://a:0/", "port \"0\" is not a number from 1 to 65535"),
            ("http://0x7f.1/", "\"0x7f.1\" is not an IPv4 address in its usual form (use 192.0.2.1)"),
            ("http://a\\@b/", "user information in the URL is not allowed"),
            ("http://" + String(repeating: "a", count: 8_192), "longer than 8192 bytes"),
        ]
    )
    func refused(text: String, message: String) {
        do {
            Issue.record("taken: \(try HTTPURL(text))")
        } catch {
            #expect(error.message == message)
        }
    }
}
