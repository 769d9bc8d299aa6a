// SPDX-License-Identifier: Apache-2.0

/// What `server`, after `default-server`, says about its checks (configuration manual, section 5.2).
struct HAProxyServer {
    /// Where its line is.
    let origin: Origin
    var isChecked = false
    var isDisabled = false
    var isBackup = false
    var interval = Span.seconds(2)
    var fast: Span?
    var down: Span?
    var rise = 2
    var fall = 3
    var port: Int?
    var address: String?
    var isSecure = false
    var isCheckedOverTLS = false
    var isVerified = true
    var serverName: String?
    var authority: String?
    var certificate: String?
    var protocolName: String?
    var tracks = false

    /// Parameters with one argument that a check has nothing to do with.
    private static let traffic: Set<String> = [
        "weight", "maxconn", "minconn", "maxqueue", "cookie", "slowstart", "id", "max-reuse", "pool-low-conn",
        "pool-max-conn",
        "pool-purge-delay", "proto", "alpn", "npn", "ciphers", "ciphersuites", "curves", "sigalgs", "client-sigalgs",
        "sni", "redir", "resolve-opts",
        "resolve-prefer", "resolve-net", "init-addr", "tfo", "namespace", "ws", "log-proto", "ssl-max-ver",
        "ssl-min-ver", "crl-file", "guid",
        "strict-maxconn", "init-state", "pool-conn-name", "tcp-ut", "shard", "idle-ping",
    ]
    /// Parameters about checks that have no counterpart, with how many arguments they have.
    private static let unknown: [String: Int] = [
        "agent-check": 0, "agent-addr": 1, "agent-port": 1, "agent-inter": 1, "agent-send": 1, "observe": 1,
        "on-error": 1,
        "error-limit": 1, "on-marked-down": 1, "on-marked-up": 1, "check-send-proxy": 0, "check-via-socks4": 0,
        "check-pool-conn-name": 1,
        "check-reuse-pool": 0, "socks4": 1, "send-proxy": 0, "send-proxy-v2": 0, "resolvers": 1, "source": 1,
        "check-alpn": 1, "verifyhost": 1,
    ]

    /// Takes the words of a line; what is not carried is noted only where the server is checked.
    mutating func take(_ words: ArraySlice<String>, _ notes: inout [String]) {
        var rest = words
        while let word = rest.popFirst() {
            switch word {
            case "check": isChecked = true
            case "no-check": isChecked = false
            case "disabled": isDisabled = true
            case "enabled": isDisabled = false
            case "backup": isBackup = true
            case "ssl": isSecure = true
            case "no-ssl": isSecure = false
            case "check-ssl": isCheckedOverTLS = true
            case "no-check-ssl": isCheckedOverTLS = false
            case "track":
                tracks = true
                _ = rest.popFirst()
            case "inter": interval = span(&rest, word, &notes) ?? interval
            case "fastinter": fast = span(&rest, word, &notes)
            case "downinter": down = span(&rest, word, &notes)
            case "rise": rise = rest.popFirst().flatMap { Int($0) } ?? rise
            case "fall": fall = rest.popFirst().flatMap { Int($0) } ?? fall
            case "port": port = rest.popFirst().flatMap { Int($0) }
            case "addr": address = rest.popFirst()
            case "verify": isVerified = rest.popFirst() != "none"
            case "ca-file": authority = rest.popFirst()
            case "crt": certificate = rest.popFirst()
            case "check-sni": serverName = rest.popFirst()
            case "check-proto": protocolName = rest.popFirst()
            default:
                if let arguments = Self.unknown[word] {
                    rest = rest.dropFirst(arguments)
                    notes.append("\(word) is not carried")
                } else if Self.traffic.contains(word) {
                    rest = rest.dropFirst()
                }
            }
        }
    }

    private func span(_ rest: inout ArraySlice<String>, _ word: String, _ notes: inout [String]) -> Span? {
        let text = rest.popFirst() ?? ""
        guard let span = Span(haproxyText: text) else {
            notes.append("\(word) \(text) is not a duration, so it is left out")
            return nil
        }
        return span
    }
}
