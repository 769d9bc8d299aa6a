// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What one place says about `breaker`.
struct BreakerSettings {
    var failureThreshold: Setting<Int>?
    /// Its value is nil where it is turned off.
    var failureRate: Setting<Double?>?
    var minimumCalls: Setting<Int>?
    var window: Setting<BreakerPolicy.Window>?
    /// Its value is nil where it is turned off.
    var slidingFailures: Setting<BreakerPolicy.SlidingFailures?>?
    /// Its value is nil where slow calls are turned off.
    var slowOver: Setting<Duration?>?
    /// Its value is nil where slow calls are turned off.
    var slowRate: Setting<Double?>?
    var successThreshold: Setting<Int>?
    var halfOpenMaximumCalls: Setting<Int>?
    var halfOpenInterval: Setting<Duration>?
    var openDuration: Setting<Duration>?
    var backoffMultiplier: Setting<Double>?
    var backoffMaximum: Setting<Duration>?
    var backoffJitter: Setting<Double>?
    var whileOpen: Setting<BreakerPolicy.WhileOpen>?

    /// Nothing written.
    init() {}

    /// What stands for a breaker that could not be read: whatever depends on it is not judged.
    static var unreadable: BreakerSettings {
        var settings = BreakerSettings()
        settings.failureThreshold = .unreadable
        settings.minimumCalls = .unreadable
        settings.window = .unreadable
        settings.slowOver = .unreadable
        settings.slowRate = .unreadable
        settings.successThreshold = .unreadable
        settings.halfOpenMaximumCalls = .unreadable
        settings.openDuration = .unreadable
        settings.backoffMaximum = .unreadable
        return settings
    }

    /// Reads the keys of `mapping`.
    init(_ mapping: MappingReader, layer: SettingLayer) {
        failureThreshold = mapping.setting("failure_threshold", layer) { $0.wholeNumber(in: Limits.failureThreshold) }
        failureRate = mapping.setting("failure_rate", layer) { $0.unlessOff { $0.rate(allowsZero: false) } }
        minimumCalls = mapping.setting("minimum_calls", layer) { $0.wholeNumber(in: Limits.minimumCalls) }
        window = mapping.setting("window", layer) { BreakerText.window($0) }
        slidingFailures = mapping.setting("n_of_m", layer) { $0.unlessOff { BreakerText.slidingFailures($0) } }
        successThreshold = mapping.setting("success_threshold", layer) { $0.wholeNumber(in: Limits.halfOpenCalls) }
        halfOpenMaximumCalls = mapping.setting("half_open_max_calls", layer) {
            $0.wholeNumber(in: Limits.halfOpenCalls)
        }
        halfOpenInterval = mapping.setting("half_open_interval", layer) { $0.duration(in: Limits.pause) }
        openDuration = mapping.setting("open_for", layer) { $0.duration(in: Limits.pause) }
        whileOpen = mapping.setting("while_open", layer) { $0.choice() }
        if let field = mapping.field("slow_call") {
            if field.isOff {
                slowOver = Setting(value: .some(nil), field: field, layer: layer)
                slowRate = Setting(value: .some(nil), field: field, layer: layer)
            } else if let mapping = MappingReader(field, keys: ContractKeys.slowCall) {
                slowOver = mapping.setting("over", layer) { $0.duration(in: Limits.slow).map { $0 } }
                slowRate = mapping.setting("rate", layer) { $0.rate(allowsZero: false).map { $0 } }
            } else {
                slowOver = .unreadable
                slowRate = .unreadable
            }
        }
        if let field = mapping.field("backoff"), let mapping = MappingReader(field, keys: ContractKeys.backoff) {
            backoffMultiplier = mapping.setting("multiplier", layer) { $0.number(in: Limits.multiplier) }
            backoffMaximum = mapping.setting("max", layer) { $0.duration(in: Limits.pause) }
            backoffJitter = mapping.setting("jitter", layer) { $0.rate(upTo: Limits.jitter) }
        }
    }

    /// These settings, and key by key those of `base` where these say nothing.
    func over(_ base: BreakerSettings) -> BreakerSettings {
        var merged = self
        merged.failureThreshold = failureThreshold ?? base.failureThreshold
        merged.failureRate = failureRate ?? base.failureRate
        merged.minimumCalls = minimumCalls ?? base.minimumCalls
        merged.window = window ?? base.window
        merged.slidingFailures = slidingFailures ?? base.slidingFailures
        merged.slowOver = slowOver ?? base.slowOver
        merged.slowRate = slowRate ?? base.slowRate
        merged.successThreshold = successThreshold ?? base.successThreshold
        merged.halfOpenMaximumCalls = halfOpenMaximumCalls ?? base.halfOpenMaximumCalls
        merged.halfOpenInterval = halfOpenInterval ?? base.halfOpenInterval
        merged.openDuration = openDuration ?? base.openDuration
        merged.backoffMultiplier = backoffMultiplier ?? base.backoffMultiplier
        merged.backoffMaximum = backoffMaximum ?? base.backoffMaximum
        merged.backoffJitter = backoffJitter ?? base.backoffJitter
        merged.whileOpen = whileOpen ?? base.whileOpen
        return merged
    }
}
