// SPDX-License-Identifier: Apache-2.0

/// A section of haproxy.cfg with what its checks need, after its defaults.
struct HAProxySection {
    let kind: String
    let name: String
    /// The line where it begins.
    var ownStart: Int?
    /// The `option` that chooses a kind of check, the last of them.
    var check: HAProxyLine?
    var httpLines: [HAProxyLine] = []
    var tcpLines: [HAProxyLine] = []
    var checkTimeout: Span?
    var connectTimeout: Span?
    var defaultServer: [HAProxyLine] = []
    var servers: [HAProxyLine] = []

    /// The options that choose a kind of check.
    static let checks: Set<String> = [
        "httpchk", "tcp-check", "redis-check", "mysql-check", "pgsql-check", "smtpchk", "ldap-check", "ssl-hello-chk",
        "spop-check", "external-check",
    ]

    private static let keywords: Set<String> = [
        "global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist", "mailers", "program",
        "cache",
        "http-errors", "ring", "log-forward", "fcgi-app", "crt-store", "traces", "acme", "log-profile",
    ]

    /// The sections that have servers, with what `defaults` gives them; complains when there is no section at all.
    static func read(_ lines: [HAProxyLine], path: String, log: ImportLog) -> [HAProxySection] {
        var sections: [HAProxySection] = []
        var defaults: [String: HAProxySection] = [:]
        var nearest = HAProxySection(kind: "defaults", name: "")
        var current: HAProxySection?
        func close() {
            guard let section = current else { return }
            if section.kind == "defaults" {
                nearest = section
                defaults[section.name] = section
            } else {
                sections.append(section)
            }
        }
        for line in lines {
            guard keywords.contains(line.keyword) else {
                guard current != nil else {
                    log.error(
                        line.origin,
                        "\"\(line.keyword.prefix(40))\" stands in no section: this is no configuration of HAProxy"
                    )
                    return []
                }
                current?.take(line, log)
                continue
            }
            close()
            let name = line.words.count > 1 ? line.words[1] : ""
            var base = nearest
            if line.words.count > 3, line.words[2] == "from" { base = defaults[line.words[3]] ?? nearest }
            current = HAProxySection(kind: line.keyword, name: name)
            current?.ownStart = line.origin.line
            if ["backend", "listen"].contains(line.keyword) { current?.inherit(base) }
        }
        close()
        if lines.isEmpty { log.error(Origin(path: path, line: nil), "the file is empty") }
        return sections.filter { ["backend", "listen"].contains($0.kind) }
    }

    private mutating func inherit(_ defaults: HAProxySection) {
        check = defaults.check
        httpLines = defaults.httpLines
        tcpLines = defaults.tcpLines
        checkTimeout = defaults.checkTimeout
        connectTimeout = defaults.connectTimeout
        defaultServer = defaults.defaultServer
    }

    private mutating func take(_ line: HAProxyLine, _ log: ImportLog) {
        let words = line.words
        switch words[0] {
        case "option" where words.count > 1 && Self.checks.contains(words[1]): check = line
        case "no" where words.count > 2 && words[1] == "option" && check?.words.dropFirst().first == words[2]:
            check = nil
        case "http-check": httpLines = own(httpLines) + [line]
        case "tcp-check": tcpLines = own(tcpLines) + [line]
        case "timeout" where words.count > 2:
            let span = Span(haproxyText: words[2])
            if words[1] == "check" { checkTimeout = span }
            if words[1] == "connect" { connectTimeout = span }
        case "default-server": defaultServer.append(line)
        case "server": servers.append(line)
        case "server-template": log.note(line.origin, "server-template is not carried")
        default: break
        }
    }

    /// Lines of this section alone: its first one takes the place of all those of `defaults`.
    private func own(_ lines: [HAProxyLine]) -> [HAProxyLine] {
        let first = ownStart ?? 0
        return lines.filter { ($0.origin.line ?? 0) >= first }
    }
}
