// SPDX-License-Identifier: Apache-2.0

/// Makes the probe that a section's check of one server is.
struct HAProxyCheck {
    /// Where it goes.
    enum Target {
        case address(host: String, port: Int)
        case socket(String)
    }

    let section: HAProxySection
    let server: HAProxyServer
    let target: Target
    let name: String
    let log: ImportLog

    private var isSecure: Bool {
        server.isCheckedOverTLS || server.isSecure && server.port == nil && server.address == nil
    }

    /// Writes the kind; false, after a note, when there is none for it.
    func write(to draft: inout ProbeDraft) -> Bool {
        switch section.check?.words[1] {
        case "httpchk": return http(into: &draft)
        case "tcp-check": return tcp(tcpDialog(), into: &draft)
        case "redis-check": return tcp([("send", "*1\r\n$4\r\nPING\r\n"), ("expect", "^\\+PONG")], into: &draft)
        case "smtpchk":
            let hello = section.check?.words.dropFirst(2).joined(separator: " ") ?? ""
            let greeting = hello.isEmpty ? "HELO localhost" : hello
            return tcp(
                [
                    ("expect", "^220[ -]"), ("send", greeting + "\r\n"), ("expect", "(?m)^250 "), ("send", "QUIT\r\n"),
                    ("expect", "(?m)^221[ -]"),
                ],
                into: &draft
            )
        case "ssl-hello-chk":
            guard case .address(let host, let port) = target else { return refuse("ssl-hello-chk of a unix socket") }
            var tls = DraftMapping()
            tls["address"] = .text(TargetText.hostPort(host, port))
            tls["verify"] = .word("false")
            draft.body["tls"] = .mapping(tls)
            return true
        case "external-check": return refuse("external-check")
        case let check? where check != "httpchk":
            note("\(check) is carried as a connection only")
            return tcp([], into: &draft)
        default: return tcp([], into: &draft)
        }
    }

    private func refuse(_ what: String) -> Bool {
        note("\(what) is not carried, so it is left out")
        return false
    }

    private func note(_ message: String, at origin: Origin? = nil) {
        log.note(origin ?? section.check?.origin ?? server.origin, "\(section.name): \(message)")
    }

    // MARK: TCP

    private func tcp(_ steps: [(String, String)], into draft: inout ProbeDraft) -> Bool {
        guard case .address(let host, let port) = target else {
            log.note(draft.origin, "\(name): a connection to a unix socket is not carried, so it is left out")
            return false
        }
        var tcp = DraftMapping()
        tcp["address"] = .text(TargetText.hostPort(host, connectPort ?? port))
        if isSecure || connectsOverTLS { tcp["tls"] = security.isEmpty ? .word("true") : .mapping(security) }
        if !steps.isEmpty {
            tcp["dialog"] = .list(
                steps.map { key, text in
                    var step = DraftMapping()
                    step[key] = .text(text)
                    return .mapping(step)
                }
            )
        }
        draft.body["tcp"] = tcp.entries.count == 1 ? tcp["address"] : .mapping(tcp)
        return true
    }

    private var connects: [HAProxyLine] {
        let lines = section.check?.words[1] == "httpchk" ? section.httpLines : section.tcpLines
        return lines.filter { $0.words.count > 1 && $0.words[1] == "connect" }
    }

    private var connectsOverTLS: Bool { connects.first?.words.contains("ssl") == true }

    private var connectPort: Int? {
        guard let words = connects.first?.words, let index = words.firstIndex(of: "port"), words.count > index + 1
        else { return nil }
        return Int(words[index + 1])
    }

    /// The steps of `tcp-check` lines.
    private func tcpDialog() -> [(String, String)] {
        var steps: [(String, String)] = []
        for line in section.tcpLines where line.words.count > 1 {
            let words = Self.withoutComment(line.words)
            switch words[1] {
            case "connect":
                guard line.origin != connects.first?.origin || !steps.isEmpty else { continue }
                note("a second tcp-check connect, and what follows it, is not carried", at: line.origin)
                return steps
            case "send" where words.count > 2: steps.append(("send", words[2]))
            case "send-binary" where words.count > 2:
                if let text = Self.text(ofBytes: words[2]) {
                    steps.append(("send", text))
                } else {
                    note("tcp-check send-binary of bytes beyond ASCII is not carried", at: line.origin)
                }
            case "expect":
                if let pattern = expectation(words.dropFirst(2), line.origin) { steps.append(("expect", pattern)) }
            default: note("tcp-check \(words[1]) is not carried", at: line.origin)
            }
        }
        return steps
    }

    /// The expression that `string x`, `rstring x` or `binary x` is.
    private func expectation(_ words: ArraySlice<String>, _ origin: Origin) -> String? {
        let rest = Self.withoutModifiers(words)
        switch (rest.first, rest.dropFirst().first) {
        case ("string", let text?): return Expression.literal(text)
        case ("rstring", let pattern?): return pattern
        case ("binary", let digits?):
            if let text = Self.text(ofBytes: digits) { return Expression.literal(text) }
        default: break
        }
        note("tcp-check expect \(rest.joined(separator: " ")) is not carried", at: origin)
        return nil
    }

    // MARK: HTTP

    private func http(into draft: inout ProbeDraft) -> Bool {
        let request = HAProxyRequest(section: section) { note($0, at: $1) }
        let scheme = isSecure || connectsOverTLS ? "https" : "http"
        var http = DraftMapping()
        switch target {
        case .address(let host, let port):
            http["url"] = .text("\(scheme)://\(TargetText.hostPort(host, connectPort ?? port))\(request.path)")
        case .socket(let path):
            http["url"] = .text("\(scheme)://localhost\(request.path)")
            http["unix_socket"] = .text(path)
        }
        if request.method != "GET" { http["method"] = .text(request.method) }
        http["headers"] = .mapping(request.headers)
        if let body = request.body { http["body"] = .text(body) }
        if server.protocolName == "h2" {
            http["version"] = .text(scheme == "https" ? "2" : "2-prior-knowledge")
        }
        http["expect"] = .mapping(request.expect)
        if scheme == "https" { http["tls"] = .mapping(security) }
        draft.body["http"] = .mapping(http)
        return true
    }

    private var security: DraftMapping {
        var tls = DraftMapping()
        for (key, path) in [("ca", server.authority), ("certificate", server.certificate), ("key", server.certificate)]
        {
            guard let path else { continue }
            if path.hasPrefix("/") {
                tls[key] = .text(path)
            } else if key != "key" {
                note("\(path) is not an absolute path, so it is left out")
            }
        }
        let name =
            server.serverName
            ?? connects.first.flatMap { line in
                line.words.firstIndex(of: "sni").flatMap { line.words.count > $0 + 1 ? line.words[$0 + 1] : nil }
            }
        if let name { tls["server_name"] = .text(name) }
        if !server.isVerified { tls["verify"] = .word("false") }
        return tls
    }

    /// The words without `comment` and what it says.
    private static func withoutComment(_ words: [String]) -> [String] {
        guard let index = words.firstIndex(of: "comment") else { return words }
        return Array(words[..<index] + words.dropFirst(index + 2))
    }

    /// What is left behind the words that only change how a failure is reported.
    static func withoutModifiers(_ words: ArraySlice<String>) -> ArraySlice<String> {
        var rest = words
        while let word = rest.first,
            [
                "min-recv", "comment", "ok-status", "error-status", "tout-status", "on-success", "on-error",
                "status-code",
            ].contains(word)
        {
            rest = rest.dropFirst(2)
        }
        return rest
    }

    /// The text of bytes in hexadecimal; nil when they are none of ASCII.
    private static func text(ofBytes digits: String) -> String? {
        let values = digits.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard values.count == digits.utf8.count, values.count.isMultiple(of: 2), !values.isEmpty else { return nil }
        let bytes = stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
        guard bytes.allSatisfy({ (1...0x7F).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
