// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Logging
import ProbeConfig

/// Reads the configuration again when somebody asks and when its files change: listens, waits until it is quiet, reads whole.
///
/// Events only say when to read. From time to time it looks at the files besides, so that a lost event costs a minute and not the
/// change; where the kernel does not tell of everything, it looks more often. Used by one thread, which may wait for the disk.
final class ReloadCycle {
    /// How often the files are looked at besides the events, which do not tell what other machines do to a network file system.
    static let look = Duration.seconds(60)
    /// How often where there are no events.
    static let lookAlone = Duration.seconds(5)
    /// How often a configuration that changes while it is read is read.
    private static let mostTries = 3
    /// Most times that events are taken in one step: together more than the kernel's queue usually holds.
    private static let mostTakes = 256

    private let reload: ConfigurationReload
    private let files: any FileLayer
    private let events: (any FileEvents)?
    private let logger: Logger
    private let environment: @Sendable (String) -> String?
    private let noEvents: String
    private var interest: ConfigurationInterest
    private var seen: ConfigurationFingerprint
    private var pace = ReloadPace()
    private var noticing: ConfigurationState.Noticing?
    private var lookAt: MonotonicInstant

    /// Begins to listen; what has changed since `accepted` was read is noticed.
    ///
    /// - Parameters:
    ///   - reload: takes over what is read.
    ///   - accepted: what is in force.
    ///   - start: when reading it began.
    ///   - files: where files are looked at.
    ///   - events: what tells of changes, or why nothing does.
    ///   - logger: where a change of how changes are noticed is noted.
    ///   - environment: gives the value of a variable.
    ///   - now: the present.
    init(
        _ reload: ConfigurationReload,
        accepted: AcceptedConfiguration,
        readAt start: WallTime,
        files: any FileLayer,
        events: Result<any FileEvents, SystemError>,
        logger: Logger,
        environment: @escaping @Sendable (String) -> String?,
        at now: MonotonicInstant
    ) {
        self.reload = reload
        self.files = files
        switch events {
        case .success(let events): (self.events, noEvents) = (events, "")
        case .failure(let error): (self.events, noEvents) = (nil, "\(error)")
        }
        self.logger = logger
        self.environment = environment
        interest = ConfigurationReader(files: files).interest(of: reload.location)
        interest.add(accepted.configuration, environment: environment)
        seen = ConfigurationFingerprint(interest, files: files)
        lookAt = now
        listen()
        lookAt = now.advanced(by: lookGap)
        // Clocks of file systems are coarse; a look too many does no harm.
        let read = Set(accepted.sources.map(\.path)).subtracting([interest.mainFile])
        let isRecent = seen.newestChange.map { $0 > start.advanced(by: .seconds(-2)) } ?? false
        if isRecent || seen.probeFiles != read { pace.changed(at: now) }
    }

    /// When the next step is due, unless somebody asks before or something happens.
    var nextWake: MonotonicInstant { min(pace.due ?? lookAt, lookAt) }

    /// Does what is due.
    ///
    /// - Parameters:
    ///   - waiting: who wants the configuration to be read now; nil = nobody does.
    ///   - now: the present.
    func step(for waiting: [AdminReply]? = nil, at now: MonotonicInstant) {
        hear(at: now)
        if let waiting { return read(for: waiting, isAsked: true, at: now) }
        if pace.takeDue(at: now) { return read(for: [], isAsked: false, at: now) }
        if lookAt <= now {
            lookAround(at: now)
            lookAt = now.advanced(by: lookGap)
        }
    }

    private var lookGap: Duration { noticing == .events ? Self.look : Self.lookAlone }

    private func hear(at now: MonotonicInstant) {
        guard let events else { return }
        for _ in 0..<Self.mostTakes {
            let heard = events.take()
            guard !heard.isEmpty else { return }
            for event in heard { pace.note(event, at: now) }
        }
        // Whatever else there is, it has changed.
        pace.note(.lost, at: now)
    }

    /// Notices what nobody told of.
    private func lookAround(at now: MonotonicInstant) {
        listen()
        let current = ConfigurationFingerprint(interest, files: files)
        if current != seen { pace.changed(at: now) }
        seen = current
    }

    /// Reads everything, again when it changed meanwhile, and has it taken over.
    private func read(for waiting: [AdminReply], isAsked: Bool, at now: MonotonicInstant) {
        pace.clear()
        listen()
        let reader = ConfigurationReader(files: files)
        var reading: ConfigurationReading
        var tries = 0
        repeat {
            tries += 1
            interest = reader.interest(of: reload.location).keeping(interest.others)
            seen = ConfigurationFingerprint(interest, files: files)
            reading = reader.read(reload.location)
        } while tries < Self.mostTries && ConfigurationFingerprint(interest, files: files) != seen
        if case .accepted(let accepted) = reading {
            interest.others = []
            interest.add(accepted.configuration, environment: environment)
        }
        reload.take(reading, from: interest.probesFolder, for: waiting, isAsked: isAsked)
        let read = seen
        // Listened to before it is looked at: what changes in between is either seen or heard.
        listen()
        seen = ConfigurationFingerprint(interest, files: files)
        if !read.agrees(with: seen) { pace.changed(at: now) }
        lookAt = now.advanced(by: lookGap)
    }

    /// Listens to all that is of interest now, and says so when that cannot be had.
    private func listen() {
        let new = subscribe()
        guard new != noticing else { return }
        switch new {
        case .looks(let every, let because):
            logger.warning(
                "changes of the configuration are looked for, because the kernel does not tell of them all",
                metadata: ["every": "\(every.readable)", "because": "\(because)"]
            )
        case .events where noticing != nil: logger.notice("the kernel tells of changes of the configuration again")
        case .events, .nothing: break
        }
        noticing = new
        reload.note(new)
    }

    private func subscribe() -> ConfigurationState.Noticing {
        guard let events else { return .looks(every: Self.lookAlone, because: noEvents) }
        let plan = WatchPlan(interest, files: files)
        guard !plan.isTooLarge else {
            let limit = WatchPlan.maximumDirectories
            return .looks(every: Self.lookAlone, because: "the files lie in more than \(limit) directories")
        }
        let problems = events.watch(plan.directories)
        // A directory that only leads to others may be closed to the agent: whoever replaces it is rare, and looked for.
        for path in plan.essential.sorted() {
            guard let problem = problems[path] else { continue }
            return .looks(every: Self.lookAlone, because: "\(path): \(problem.text)")
        }
        return .events
    }
}
