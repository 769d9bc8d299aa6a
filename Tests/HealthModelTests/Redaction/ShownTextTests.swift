// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("ShownText")
struct ShownTextTests {
    @Test(
        "a URL loses passwords and the values of its query that may be secrets, and nothing else",
        arguments: [
            ("https://shop.example/health", "https://shop.example/health"),
            ("https://shop.example/health?full=1&region=eu", "https://shop.example/health?full=1&region=eu"),
            ("https://a/h?token=abc", "https://a/h?token=(redacted)"),
            ("https://a/h?full=1&api_key=abc&x=2", "https://a/h?full=1&api_key=(redacted)&x=2"),
            ("https://a/h?API-Key=abc&Sig=q", "https://a/h?API-Key=(redacted)&Sig=(redacted)"),
            ("https://a/h?token=", "https://a/h?token="),
            ("https://a?password=a=b", "https://a?password=(redacted)"),
            ("https://user:hunter2@a:8443/h", "https://user:(redacted)@a:8443/h"),
            ("https://oauth2token@a/h", "https://(redacted)@a/h"),
            ("wss://a/feed?x=0123456789abcdef0123456789abcdef", "wss://a/feed?x=(redacted)"),
            ("https://a/h?0123456789abcdef0123456789abcdef", "https://a/h?(redacted)"),
        ]
    )
    func urls(text: String, shown: String) {
        #expect(ShownText.url(text) == shown)
    }

    @Test(
        "a command loses what follows a word for a secret",
        arguments: [
            ["/usr/lib/nagios/plugins/check_http -H shop.example -p 8443 -u /health"]: [
                "/usr/lib/nagios/plugins/check_http -H shop.example -p 8443 -u /health"
            ],
            ["check", "--password", "hunter2", "-v"]: ["check", "--password", "(redacted)", "-v"],
            ["check", "--password=hunter2", "--warn=5"]: ["check", "--password=(redacted)", "--warn=5"],
            ["check", "-p", "hunter2"]: ["check", "-p", "(redacted)"],
            ["check", "-p", "5432"]: ["check", "-p", "5432"],
            ["mysqladmin", "-phunter2", "ping"]: ["mysqladmin", "-p(redacted)", "ping"],
            ["curl", "-u", "admin:hunter2", "http://a/"]: ["curl", "-u", "admin:(redacted)", "http://a/"],
            ["curl", "http://admin:hunter2@a/?token=x"]: ["curl", "http://admin:(redacted)@a/?token=(redacted)"],
            ["curl", "--url=http://a:b@c/"]: ["curl", "--url=http://a:(redacted)@c/"],
            ["curl", "-H", "Authorization: Bearer abc"]: ["curl", "-H", "Authorization: (redacted)"],
            ["sh", "-c", "PGPASSWORD=hunter2 psql -h db -c 'select 1'"]: [
                "sh", "-c", "PGPASSWORD=(redacted) psql -h db -c 'select 1'",
            ],
            ["curl", "-H", "X-Token:abc", "-H", "Accept: text/plain"]: [
                "curl", "-H", "X-Token:(redacted)", "-H", "Accept: text/plain",
            ],
            ["check", "--community", "public1"]: ["check", "--community", "(redacted)"],
            ["check", "s3cr3t0123456789abcdefgh"]: ["check", "(redacted)"],
            ["check", "--token", "--verbose"]: ["check", "--token", "--verbose"],
            ["redis-cli", "-a", "hunter2", "ping"]: ["redis-cli", "-a", "(redacted)", "ping"],
        ]
    )
    func commands(words: [String], shown: [String]) {
        #expect(ShownText.command(words) == shown)
    }

    @Test("what a probe is about is shown without its secrets")
    func subject() throws {
        let url = try HTTPURL("https://a/h?token=abc")
        #expect(Probe.http(HTTPProbe(url: url)).subject == "https://a/h?token=(redacted)")
        let script = ScriptProbe(command: ["/bin/check", "--password", "hunter2"])
        #expect(Probe.script(script).subject == "/bin/check --password (redacted)")
    }
}
