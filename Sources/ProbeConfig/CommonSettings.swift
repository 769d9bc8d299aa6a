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
    var groups: Setting<[NameReference]>?
    var dependencies: Setting<[NameReference]>?
    var maintenance: Setting<[MaintenanceWindow]>?
    var attempts: Setting<Int>?
    var retryBackoff: Setting<Duration>?

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
    ///
    /// - Parameters:
    ///   - mapping: where they are.
    ///   - layer: how near to the probe that is.
    ///   - zones: who knows the time zones of maintenance windows; nil = only UTC is known.
    init(_ mapping: MappingReader, layer: SettingLayer, zones: (any ZoneSource)?) {
        interval = mapping.setting("interval", layer) { $0.duration(in: Limits.interval) }
        timeout = mapping.setting("timeout", layer) { $0.duration(in: Limits.timeout) }
        jitter = mapping.setting("jitter", layer) { $0.rate(upTo: Limits.jitter) }
        initialDelay = mapping.setting("initial_delay", layer) { $0.duration(in: Limits.initialDelay) }
        impact = mapping.setting("impact", layer) { $0.choice() }
        description = mapping.setting("description", layer) { $0.text() }
        mapping.read("tags", into: &tags) { $0.texts() }
        groups = mapping.setting("groups", layer) { $0.names(of: "group") }
        dependencies = mapping.setting("depends_on", layer) { $0.names(of: "probe") }
        maintenance = mapping.setting("maintenance", layer) { MaintenanceReader(zones: zones).read($0) }
        if let field = mapping.field("retry"), let retry = MappingReader(field, keys: ContractKeys.retry) {
            attempts = retry.setting("attempts", layer) { $0.wholeNumber(in: Limits.attempts) }
            retryBackoff = retry.setting("backoff", layer) { $0.duration(in: Limits.retryBackoff) }
        }
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
        merged.groups = groups ?? base.groups
        merged.dependencies = dependencies ?? base.dependencies
        merged.maintenance = maintenance ?? base.maintenance
        merged.attempts = attempts ?? base.attempts
        merged.retryBackoff = retryBackoff ?? base.retryBackoff
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
        breaker.checkWindow(spec)
        spec.groups = Set(groups?.value?.compactMap { GroupName($0.name.text) } ?? []).sorted()
        spec.dependencies = Set(dependencies?.value?.map(\.name) ?? []).sorted()
        maintenance.apply(to: &spec.maintenance)
        attempts.apply(to: &spec.retry.attempts)
        retryBackoff.apply(to: &spec.retry.backoff)
        checkRetry(of: spec)
    }

    /// Attempts share the probe's timeout, so their waits must leave something of it.
    private func checkRetry(of spec: ProbeSpec) {
        guard let field = (attempts?.origin ?? retryBackoff?.origin)?.field, spec.retry.attempts > 1 else { return }
        let waits = spec.retry.backoff * (spec.retry.attempts - 1)
        guard waits >= spec.timeout else { return }
        field.warning(
            "the waits between \(spec.retry.attempts) attempts take \(DurationText.render(waits)), and the probe "
                + "\(spec.name) ends after \(DurationText.render(spec.timeout))"
        )
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
