// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// The environment of a script: small, the same everywhere, and nothing of the agent's own.
///
/// `PATH` and `LANG`, which the configuration may change; then the configured variables; then what the agent says, which it may
/// not: `BELLWETHER_TARGET`, `BELLWETHER_TIMEOUT_SECONDS`, `BELLWETHER_LAST_VERDICT` (empty at the first run) and, added when
/// the program starts, `BELLWETHER_RUN`.
enum ScriptEnvironment {
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// What a run is told of itself.
    struct Run {
        var timeLimit: Duration
        var lastVerdict: Verdict?
    }

    /// All variables as `NAME=value`, sorted by name; a program that lives for many runs is told of none.
    static func variables(target: TargetName, run: Run?, configured: [String: String]) -> [String] {
        var variables = ["PATH": path, "LANG": "C.UTF-8"]
        variables.merge(configured) { _, configured in configured }
        variables["BELLWETHER_TARGET"] = target.text
        variables["BELLWETHER_TIMEOUT_SECONDS"] = run.map { seconds($0.timeLimit) }
        variables["BELLWETHER_LAST_VERDICT"] = run.map { $0.lastVerdict?.rawValue ?? "" }
        variables[RunMarker.variable] = nil
        return variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    /// `2`, `0.5`, `1.25`: milliseconds are the finest.
    static func seconds(_ duration: Duration) -> String {
        let milliseconds = max(0, duration.inNanoseconds) / 1_000_000
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        guard rest > 0 else { return String(whole) }
        var digits = String(String(1_000 + rest).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
