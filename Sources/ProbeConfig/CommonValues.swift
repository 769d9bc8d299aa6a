// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The values in force of the keys that every kind of probe has.
struct CommonValues {
    private let spec: ProbeSpec
    private let settings: CommonSettings

    init(_ read: ReadProbe) {
        spec = read.spec
        settings = read.settings
    }

    /// All of them, in the order of the documentation.
    var values: [ExplainedValue] {
        var values = [
            value("interval", DurationText.render(spec.interval), settings.interval),
            value("timeout", DurationText.render(spec.timeout), settings.timeout),
            value("jitter", RateText.render(spec.jitter), settings.jitter),
            value("initial_delay", DurationText.render(spec.initialDelay), settings.initialDelay),
            value("impact", spec.impact.rawValue, settings.impact),
            value("description", spec.description.map { VisibleText.make($0) } ?? "none", settings.description),
        ]
        for (name, text) in spec.tags.sorted(by: { $0.key < $1.key }) {
            values.append(value("tags.\(VisibleText.make(name))", VisibleText.make(text), settings.tags[name]))
        }
        values += [
            value("groups", Self.list(spec.groups.map(\.text)), settings.groups),
            value("depends_on", Self.list(spec.dependencies.map(\.text)), settings.dependencies),
            value("maintenance", windows, settings.maintenance),
            value("retry.attempts", "\(spec.retry.attempts)", settings.attempts),
            value("retry.backoff", DurationText.render(spec.retry.backoff), settings.retryBackoff),
        ]
        return values + breaker
    }

    private var breaker: [ExplainedValue] {
        let policy = spec.breaker
        let own = settings.breaker
        let window =
            switch policy.window {
            case .time(let time): DurationText.render(time)
            case .count(let count): "\(count) calls"
            }
        let sliding = policy.slidingFailures.map { "\($0.failures) of \($0.outcomes)" }
        return [
            value("breaker.failure_threshold", "\(policy.failureThreshold)", own.failureThreshold),
            value("breaker.failure_rate", policy.failureRate.map(RateText.render) ?? "off", own.failureRate),
            value("breaker.minimum_calls", "\(policy.minimumCalls)", own.minimumCalls),
            value("breaker.window", window, own.window),
            value("breaker.n_of_m", sliding ?? "off", own.slidingFailures),
            value(
                "breaker.slow_call.over",
                policy.slowCall.map { DurationText.render($0.over) } ?? "off",
                own.slowOver
            ),
            value("breaker.slow_call.rate", policy.slowCall.map { RateText.render($0.rate) } ?? "off", own.slowRate),
            value("breaker.success_threshold", "\(policy.successThreshold)", own.successThreshold),
            value("breaker.half_open_max_calls", "\(policy.halfOpenMaximumCalls)", own.halfOpenMaximumCalls),
            value("breaker.half_open_interval", DurationText.render(policy.halfOpenInterval), own.halfOpenInterval),
            value("breaker.open_for", DurationText.render(policy.openDuration), own.openDuration),
            value("breaker.backoff.multiplier", DecimalText.render(policy.backoff.multiplier), own.backoffMultiplier),
            value("breaker.backoff.max", DurationText.render(policy.backoff.maximum), own.backoffMaximum),
            value("breaker.backoff.jitter", RateText.render(policy.backoff.jitter), own.backoffJitter),
            value("breaker.while_open", policy.whileOpen.rawValue, own.whileOpen),
        ]
    }

    private var windows: String {
        switch spec.maintenance.count {
        case 0: "none"
        case 1: "1 window"
        case let count: "\(count) windows"
        }
    }

    private func value<Value>(_ key: String, _ text: String, _ setting: Setting<Value>?) -> ExplainedValue {
        guard let origin = setting?.origin else { return ExplainedValue(key: key, value: text, origin: .builtIn) }
        let location = origin.field.location
        return ExplainedValue(
            key: key,
            value: text,
            origin: origin.layer == .probe ? .probe(location) : .defaults(location)
        )
    }

    private static func list(_ names: [String]) -> String { "[\(names.joined(separator: ", "))]" }
}
