// SPDX-License-Identifier: Apache-2.0

extension ContractKeys {
    static let dns = KnownKeys(supported: ["name", "type", "server", "transport", "expect", "recursion"])
    static let dnsExpect = KnownKeys(supported: ["answer", "code", "minimum_answers", "authoritative"])
    static let dnsAnswers = KnownKeys(supported: ["all", "any", "only"])
    static let dnsMatch = KnownKeys(supported: ["matches"])
}
