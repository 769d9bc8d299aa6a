// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Logging
import Synchronization
import Testing

@testable import Agent

/// A reload cycle over real files and real events with a manual clock, and the pipeline of an agent that it changes.
final class ReloadHarness {
    let folder: ConfigurationFolder
    let log = LogBook()
    let reload: ConfigurationReload
    private let cycle: ReloadCycle
    private let commands = Commands()
    private(set) var pipeline: PipelineHarness
    /// What is shown of the configuration.
    private(set) var shown: ConfigurationState?
    /// How often another list of probes was taken over.
    private(set) var replacements = 0

    /// - Parameters:
    ///   - folder: where the configuration is.
    ///   - events: what tells of changes; nil = nothing does.
    ///   - answer: what each probe will say.
    /// - Throws: when the configuration is wrong at the beginning.
    init(
        _ folder: ConfigurationFolder,
        events: (any FileEvents)?,
        answer: @escaping (ProbeStart, MonotonicInstant) -> Answer = { _, _ in .pass }
    ) throws {
        self.folder = folder
        let location = ConfigurationLocation(configurationFile: folder("bellwether.yaml"))
        guard case .accepted(let accepted) = ConfigurationReader(files: SystemFiles()).read(location) else {
            throw NotAccepted()
        }
        let logger = log.logger
        let commands = commands
        reload = ConfigurationReload(accepted, facts: OwnFacts(kernel: try SystemKernel()), logger: logger) { command in
            commands.list.withLock { $0.append(command) }
            return true
        }
        pipeline = PipelineHarness(reload.specs, answer: answer)
        cycle = ReloadCycle(
            reload,
            accepted: accepted,
            // As if the files had been there for long.
            readAt: SystemKernel.calendarTime.advanced(by: .seconds(3_600)),
            files: SystemFiles(),
            events: events.map { .success($0) } ?? .failure(SystemError(code: 24, text: "too many instances")),
            logger: logger,
            environment: { _ in nil },
            at: pipeline.now
        )
        perform()
    }

    struct NotAccepted: Error {}

    /// The names of the targets in force.
    var names: [String] { pipeline.pipeline.snapshot(at: pipeline.moment).targets.map(\.name.text) }

    /// Everything that is shown of each target.
    var targets: [TargetName: TargetHealth] {
        let targets = pipeline.pipeline.snapshot(at: pipeline.moment).targets
        return Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0) })
    }

    /// The outcomes and changes that are kept of a target.
    func history(of name: TargetName) throws -> TargetHistory {
        try pipeline.pipeline.history(of: name, since: nil, limit: 1_000)
    }

    /// Takes a step of the cycle now.
    func step(asked waiting: [AdminReply]? = nil) {
        cycle.step(for: waiting, at: pipeline.now)
        perform()
    }

    /// Lets time go on, with steps of the cycle in between.
    func wait(_ duration: Duration, every gap: Duration = .milliseconds(50)) {
        var left = duration
        step()
        while left > .zero {
            let part = min(gap, left)
            pipeline.run(for: part)
            left -= part
            step()
        }
    }

    /// Lets pass what makes a change count, without any probe running meanwhile.
    func settle() {
        pipeline.stall(for: .zero)
        step()
        pipeline.stall(for: ReloadPace.quiet)
        step()
    }

    private func perform() {
        for command in commands.take() {
            switch command {
            case .replace(let specs, let aggregate, let answer):
                replacements += 1
                pipeline.pipeline.replace(specs: specs, aggregate: aggregate, at: pipeline.moment)
                answer.give()
            case .configuration(let state):
                shown = state
                pipeline.pipeline.note(state, at: pipeline.moment)
            case .admin, .figures, .drain, .stop: Issue.record("a reload asks for nothing else")
            }
        }
    }
}

/// What a reload hands to the probe loop.
private final class Commands: Sendable {
    let list = Mutex<[ProbeLoopCommand]>([])

    func take() -> [ProbeLoopCommand] {
        list.withLock { list in
            defer { list = [] }
            return list
        }
    }
}

/// What was logged.
final class LogBook: Sendable {
    private let entries = Mutex<[String]>([])

    var logger: Logger { Logger(label: "reload") { [self] _ in LogBookHandler(book: self) } }

    func add(_ line: String) { entries.withLock { $0.append(line) } }

    /// The lines that contain a text.
    func lines(with text: String) -> [String] { entries.withLock { $0.filter { $0.contains(text) } } }
}

private struct LogBookHandler: LogHandler {
    let book: LogBook
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        book.add("\(event.level): \(event.message) \(event.metadata ?? [:])")
    }
}
