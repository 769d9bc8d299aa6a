// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Logging
import Synchronization

/// The thread that reads the configuration again, when somebody asks and when its files change.
///
/// It may wait for a disk that hangs: nobody waits for it then but those who asked.
final class ConfigurationWatch: Sendable {
    private struct State {
        var isAsked = false
        var isStopped = false
    }

    /// What is in force at the start, with every file's content; let go of when the thread has begun.
    private let accepted: Mutex<AcceptedConfiguration?>
    private let readAt: WallTime
    private let kernel: SystemKernel
    private let facts: OwnFacts
    private let logger: Logger
    private let desk: CommandDesk
    private let service: ServiceSupervision
    private let deliver: ConfigurationReload.Delivery
    private let events: Result<SystemFileEvents, SystemError>
    private let signal: ThreadSignal
    private let state = Mutex(State())

    /// - Parameters:
    ///   - accepted: what is in force.
    ///   - readAt: when reading it began.
    ///   - kernel: the clocks.
    ///   - facts: what is shown of it.
    ///   - logger: where it is noted.
    ///   - desk: who waits for reloads.
    ///   - service: who is told while one is under way that was asked for.
    ///   - deliver: the way to the probe loop.
    /// - Throws: when there is no descriptor to wait with.
    init(
        _ accepted: AcceptedConfiguration,
        readAt: WallTime,
        kernel: SystemKernel,
        facts: OwnFacts,
        logger: Logger,
        desk: CommandDesk,
        service: ServiceSupervision,
        deliver: @escaping ConfigurationReload.Delivery
    ) throws(SystemError) {
        self.accepted = Mutex(accepted)
        self.readAt = readAt
        self.kernel = kernel
        self.facts = facts
        self.logger = logger
        self.desk = desk
        self.service = service
        self.deliver = deliver
        signal = try ThreadSignal()
        do throws(SystemError) { events = .success(try SystemFileEvents()) } catch { events = .failure(error) }
    }

    /// Begins to watch.
    ///
    /// - Throws: when no thread can be had.
    func start() throws(SystemError) {
        try DetachedThread.start(named: "configuration") { [self] in run() }
    }

    /// Reads the configuration as soon as possible.
    func ask() {
        state.withLock { $0.isAsked = true }
        signal.raise()
    }

    /// Reads nothing any more; does not wait for what is being read.
    func stop() {
        state.withLock { $0.isStopped = true }
        signal.raise()
    }

    private func makeCycle() -> ReloadCycle {
        guard let accepted = accepted.withLock({ $0.take() }) else { preconditionFailure("started twice") }
        return ReloadCycle(
            ConfigurationReload(accepted, facts: facts, logger: logger, deliver: deliver),
            accepted: accepted,
            readAt: readAt,
            files: SystemFiles(),
            events: events.map { $0 },
            logger: logger,
            environment: ProcessEnvironment.value(of:),
            at: kernel.now
        )
    }

    private func run() {
        let cycle = makeCycle()
        while true {
            let (isAsked, isStopped) = state.withLock { state in
                defer { state.isAsked = false }
                return (state.isAsked, state.isStopped)
            }
            guard !isStopped else { return }
            if isAsked {
                service.reloading { cycle.step(for: desk.takeReloads(), at: kernel.now) }
            } else {
                cycle.step(at: kernel.now)
            }
            wait(atMost: max(.zero, kernel.now.duration(to: cycle.nextWake)))
        }
    }

    private func wait(atMost time: Duration) {
        switch events {
        case .success(let events): events.wait(orFor: signal, atMost: time)
        case .failure: signal.wait(atMost: time)
        }
    }
}
