// SPDX-License-Identifier: Apache-2.0

/// How often a peer checks, and how many results it takes to change its mind.
struct Pace {
    var interval: Span
    var timeout: Span
    /// Consecutive failures until down; nil: the peer leaves that to others.
    var fall: Int?
    /// Consecutive successes until up again.
    var rise: Int?
    /// Between checks of what is down; nil: as always.
    var whileDown: Span?
    /// Between checks of what is coming up; nil: as always.
    var whileRising: Span?
    var initialDelay: Span?

    private static let shortest = Span.milliseconds(100)
    private static let longest = Span.seconds(7 * 86_400)

    /// Writes it into a probe.
    func write(to body: inout DraftMapping, _ origin: Origin, _ log: ImportLog) {
        let interval = within(interval, "interval", origin, log)
        var timeout = max(timeout, .milliseconds(1))
        if timeout > interval {
            log.note(
                origin,
                "a timeout of \(timeout.text) is cut to the interval of \(interval.text): no probe outlasts it"
            )
            timeout = interval
        }
        body["interval"] = .word(interval.text)
        body["timeout"] = .word(timeout.text)
        if let initialDelay, initialDelay.nanoseconds > 0 {
            body["initial_delay"] = .word(min(initialDelay, Self.longest).text)
        }
        guard let fall else { return }
        var breaker = DraftMapping()
        breaker["failure_threshold"] = .whole(max(1, min(fall, 10_000)))
        let rise = max(1, min(rise ?? 1, 1_000))
        breaker["success_threshold"] = .whole(rise)
        // The built-in number of probes in one half-open round is 3.
        if rise > 3 { breaker["half_open_max_calls"] = .whole(rise) }
        breaker["open_for"] = .word(within(whileDown ?? interval, "interval while down", origin, log).text)
        breaker["half_open_interval"] = .word(
            within(whileRising ?? interval, "interval while rising", origin, log).text
        )
        // No peer waits longer and longer.
        var backoff = DraftMapping()
        backoff["multiplier"] = .word("1")
        breaker["backoff"] = .mapping(backoff)
        body["breaker"] = .mapping(breaker)
    }

    private func within(_ span: Span, _ name: String, _ origin: Origin, _ log: ImportLog) -> Span {
        let near = min(max(span, Self.shortest), Self.longest)
        if near != span { log.note(origin, "an \(name) of \(span.text) becomes \(near.text)") }
        return near
    }
}
