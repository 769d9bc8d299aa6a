// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Adds the series about the endpoint itself.
    func writeServer(_ server: ServerCounters, to text: inout MetricsText) {
        text.begin(
            "bellwether_endpoint_awaited_addresses",
            .gauge,
            "Listeners whose address this machine does not have yet."
        )
        text.sample(.none, server.awaitedAddresses)
        text.begin("bellwether_endpoint_connections_total", .counter, "Connections taken.")
        text.sample(.none, server.accepted)
        text.begin(
            "bellwether_endpoint_requests_total",
            .counter,
            "Requests answered: from prepared bytes, or through the full parser."
        )
        text.sample(MetricsText.Labels(["way": "prepared"]), server.answeredFast)
        text.sample(MetricsText.Labels(["way": "parsed"]), server.answeredFully)
        text.begin(
            "bellwether_endpoint_refusals_total",
            .counter,
            "Connections and requests refused or cut, by reason."
        )
        for (reason, count) in server.refusals {
            text.sample(MetricsText.Labels(["reason": reason]), count)
        }
    }
}

extension ServerCounters {
    /// What was refused or cut, by the word that its series has, in alphabetical order; nothing is counted twice.
    fileprivate var refusals: [(reason: String, count: UInt64)] {
        [
            ("access", refusedAccess - min(refusedAccess, refusedGuesses)),
            ("address_limit", refusedPerAddress),
            ("connection_limit", refusedInAll),
            ("handshake", handshakeFailures),
            ("handshake_timeout", handshakeTimeouts),
            ("header_timeout", headerTimeouts),
            ("http2", http2Violations),
            ("malformed", refusedRequests),
            ("token_guesses", refusedGuesses),
            ("write_timeout", writeTimeouts),
        ]
    }
}
