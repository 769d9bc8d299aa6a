// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension ProbeExplanation {
    /// For people: values with their origins, how fast a change is found, and what to write into a load balancer.
    package var text: String {
        var text = "\(spec.name)  \(spec.probe.kind) \(subject)\n"
        text += "  defined at \(VisibleText.make(definition.description))\n\n"
        let keys = values.map(\.key.unicodeScalars.count).max() ?? 0
        let texts = min(40, values.map(\.value.unicodeScalars.count).max() ?? 0)
        for value in values {
            text += "  \(Self.padded(value.key, keys))  \(Self.padded(value.value, texts))  \(value.origin.text)\n"
        }
        text += "\n" + timeText
        for snippet in snippets {
            text += "\n\(snippet.consumer)\n"
            for line in snippet.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                text += line.isEmpty ? "\n" : "  \(line)\n"
            }
        }
        return text
    }

    /// What is probed; an address that a variable of the environment made may be a secret.
    private var subject: String {
        let usesEnvironment = values.contains { $0.value.firstRange(of: "${env:") != nil }
        return usesEnvironment ? "" : VisibleText.make(spec.probe.subject)
    }

    private var timeText: String {
        var lines: [String] = []
        if let detection = time.detection, let failures = time.failures {
            let several = failures == 1 ? "1 failure" : "\(failures) failures"
            lines += [
                "found down    after \(DurationText.atMost(detection)) at most: \(several), \(gap) apart, and the timeout "
                    + DurationText.render(spec.timeout)
            ]
        } else {
            lines += [
                "found down    at a time that depends on what was before: only a rate over a time opens the breaker"
            ]
        }
        lines += [
            "found up      after \(DurationText.atMost(time.recovery)) at most, degraded after "
                + "\(DurationText.atMost(time.firstSign)): the breaker waits up to "
                + "\(DurationText.atMost(time.longestWait)), then \(trials)"
        ]
        if let detection = time.detection, !snippets.isEmpty {
            let last = DurationText.atMost(detection + ConsumerSnippet.delay)
            lines += ["told to a load balancer that asks as below after \(last) at most"]
        }
        return lines.map { "  \($0)\n" }.joined()
    }

    private var gap: String {
        let interval = DurationText.render(spec.interval)
        return spec.jitter == 0 ? interval : "\(interval) with a jitter of \(RateText.render(spec.jitter))"
    }

    private var trials: String {
        let count = spec.breaker.successThreshold
        guard count > 1 else { return "1 trial must pass" }
        return "\(count) trials, \(DurationText.render(spec.breaker.halfOpenInterval)) apart, must pass"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
    }
}

extension ExplainedValue.Origin {
    /// For people: `probes.d/api.yaml:12`, `defaults at bellwether.yaml:3`, `built in`.
    package var text: String {
        switch self {
        case .builtIn: "built in"
        case .probe(let place): Self.text(place)
        case .defaults(let place): "defaults at \(Self.text(place))"
        }
    }

    private static func text(_ place: FileLocation) -> String {
        VisibleText.make(place.path) + (place.line.map { ":\($0)" } ?? "")
    }
}
