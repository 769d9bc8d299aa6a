// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What one place says about the keys that every kind of probe has: a probe, or one of the two `defaults`.
struct CommonSettings {
    var interval: Setting<Duration>?
    var timeout: Setting<Duration>?
    var jitter: Setting<Double>?
    var initialDelay: Setting<Duration>?
    var impact: Setting<Impact>?
    var description: Setting<String>?
    var tags: [String: String] = [:]
    var breaker = BreakerSettings()

    /// Nothing written.
    init() {}

    /// The defaults of a file that could not be read: whatever depends on them is not judged.
    static var unreadable: CommonSettings {
        var settings = CommonSettings()
        settings.interval = .unreadable
        settings.timeout = .unreadable
        settings.breaker = .unreadable
        return settings
    }

    /// Reads the keys of `mapping`.
    init(_ mapping: MappingReader, layer: SettingLayer) {
        interval = mapping.setting("interval", layer) { $0.duration(in: .milliseconds(100) ... .days(7)) }
        timeout = mapping.setting("timeout", layer) { $0.duration(in: .milliseconds(1) ... .days(7)) }
        jitter = mapping.setting("jitter", layer) { $0.rate(upTo: 0.5) }
        initialDelay = mapping.setting("initial_delay", layer) { $0.duration(in: .zero ... .days(7)) }
        impact = mapping.setting("impact", layer) { $0.choice() }
        description = mapping.setting("description", layer) { $0.text() }
        mapping.read("tags", into: &tags) { $0.texts() }
        if let field = mapping.field("breaker") {
            breaker =
                MappingReader(field, keys: ContractKeys.breaker).map { BreakerSettings($0, layer: layer) }
                ?? .unreadable
        }
    }

    /// These settings, and key by key those of `base` where these say nothing.
    func over(_ base: CommonSettings) -> CommonSettings {
        var merged = self
        merged.interval = interval ?? base.interval
        merged.timeout = timeout ?? base.timeout
        merged.jitter = jitter ?? base.jitter
        merged.initialDelay = initialDelay ?? base.initialDelay
        merged.impact = impact ?? base.impact
        merged.description = description ?? base.description
        merged.tags = base.tags.merging(tags) { _, nearer in nearer }
        merged.breaker = breaker.over(base.breaker)
        return merged
    }

    /// Puts what is written into `spec`, which holds the built-in values, and checks what values mean together.
    ///
    /// A built-in timeout follows a shorter interval. Every written one must fit.
    func apply(to spec: inout ProbeSpec) {
        checkScriptInterval(of: spec)
        let longest = interval.effective(spec.interval)
        if let longest, let wanted = timeout.effective(min(spec.timeout, longest)), wanted > longest {
            SettingConflict(
                first: .init(name: "timeout", value: DurationText.render(wanted), origin: timeout?.origin),
                firstRelation: "is longer than",
                second: .init(name: "interval", value: DurationText.render(longest), origin: interval?.origin),
                secondRelation: "is shorter than",
                rule: "a probe must end before the next one starts"
            ).report()
        }
        interval.apply(to: &spec.interval)
        spec.timeout = timeout.effective(min(spec.timeout, spec.interval)) ?? spec.timeout
        jitter.apply(to: &spec.jitter)
        initialDelay.apply(to: &spec.initialDelay)
        impact.apply(to: &spec.impact)
        description.apply(to: &spec.description)
        spec.tags = tags
        breaker.apply(to: &spec.breaker)
    }

    private func checkScriptInterval(of spec: ProbeSpec) {
        guard case .script(let script) = spec.probe, script.mode == .once else { return }
        guard let origin = interval?.origin, let written = interval?.value, written < .seconds(1) else { return }
        origin.field.sink.error(
            "\(DurationText.render(written)) is too short for the script probe \(spec.name) (1s to 7d)",
            keyPath: origin.field.keyPath,
            at: origin.field.location
        )
    }
}

extension Duration {
    /// So many times 24 hours.
    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
