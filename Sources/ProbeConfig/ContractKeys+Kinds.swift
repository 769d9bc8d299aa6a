// SPDX-License-Identifier: Apache-2.0

extension ContractKeys {
    static let dns = KnownKeys(supported: ["name", "type", "server", "transport", "expect", "recursion"])
    static let dnsExpect = KnownKeys(supported: ["answer", "code", "minimum_answers", "authoritative"])
    static let dnsAnswers = KnownKeys(supported: ["all", "any", "only"])
    static let dialogStep = KnownKeys(supported: ["send", "expect"])
    static let udp = KnownKeys(supported: ["address", "send", "expect"])
    static let icmp = KnownKeys(supported: ["address", "count", "size", "maximum_loss", "slow"])
    static let process = KnownKeys(supported: ["name", "pid_file", "unit", "minimum", "maximum"])
    /// Without what would keep the certificate from being seen.
    static let tlsProbe = KnownKeys(supported: ["address", "starttls"] + tls.supported.filter { $0 != "resume" })
    static let dnsMatch = KnownKeys(supported: ["matches"])
}
