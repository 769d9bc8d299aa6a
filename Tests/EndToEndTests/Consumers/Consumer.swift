// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// A program that reads the published health; `make servers` installs all of them.
enum Consumer: String {
    case haproxy, keepalived, nginx, prometheus, promtool
    case envoy, caddy, traefik
    case checkHTTP = "check_http"

    /// Where it is; nil when it is not installed.
    var path: String? {
        let folders = [
            MetricsTests.repository + "/.build/python/bin", "/usr/sbin", "/usr/bin", "/usr/lib/nagios/plugins",
        ]
        return folders.map { "\($0)/\(rawValue)" }.first { access($0, X_OK) == 0 }
    }

    /// Its path, for a test that is skipped where there is none.
    func required() throws -> String {
        try #require(path, "\(rawValue) is not installed: make servers installs it")
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, and reports as skipped, what needs a program that is not there.
    static func installed(_ consumer: Consumer) -> Self {
        .enabled(if: consumer.path != nil, "\(consumer.rawValue) is not installed: make servers installs it")
    }
}
