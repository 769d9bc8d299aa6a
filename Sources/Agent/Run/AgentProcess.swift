// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import HealthServer
import LinuxRuntime
import Logging
import ProbeConfig

/// The running agent: starts its parts in order, and ends them in the opposite one.
struct AgentProcess {
    let logger: Logger
    private let settings: AgentSettings
    private let kernel: SystemKernel
    private let loop: EventLoop
    private let loops: LoopCount
    private var plan: ProbePlan
    private let state: StateKeeping?
    private let server: HealthServer
    private let facts: OwnFacts
    private let inherited: InheritedSockets
    private let service: ServiceSupervision
    private let reports: AgentReports
    private let commands: AsyncStream<ProbeLoopCommand>
    private let send: AsyncStream<ProbeLoopCommand>.Continuation
    private let desk: CommandDesk
    private let watch: ConfigurationWatch

    init(
        _ accepted: AcceptedConfiguration,
        readAt: WallTime,
        settings: AgentSettings,
        inherited: InheritedSockets,
        kernel: SystemKernel
    ) throws(SystemError) {
        self.inherited = inherited
        self.settings = settings
        self.kernel = kernel
        let isJournal = ProcessEnvironment.value(of: "JOURNAL_STREAM") != nil && !StandardStreams.errorIsTerminal
        logger = .agent(settings.log, isJournal: isJournal) { kernel.wallTime }
        let manager = try ServiceManager()
        let name = settings.name ?? Host.name
        let limit = try DescriptorLimit.raise()
        loops = LoopCount(
            settings.loops,
            for: accepted.configuration.probes,
            processors: Processors.available,
            most: DescriptorShares.mostLoops(limit: limit)
        )
        let minimum = DescriptorShares.minimum(loops: loops.count)
        guard limit >= minimum else {
            let why = loops.count > 1 ? " for \(loops.count) loops" : ""
            let needed = "\(minimum) are needed\(why) (LimitNOFILE=, ulimit -n)"
            let text = "only \(limit) open files are allowed; \(needed)"
            throw SystemError(code: EMFILE, text: text)
        }
        let shares = DescriptorShares(limit: limit, loops: loops.count)
        loop = EventLoop(kernel: kernel, descriptorLimit: shares.probesOfLoop)
        plan = ProbePlan(
            specs: accepted.configuration.probes,
            settings: settings,
            agentName: name,
            spawner: try SystemProcessSpawner()
        )
        plan.loops = loops.count
        state = StateKeeping(settings.state, kernel: kernel, logger: logger)
        let facts = OwnFacts(kernel: kernel)
        self.facts = facts
        // Room for every command of the desk, and for the process's own: replacements, figures, drain and stop.
        (commands, send) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(CommandDesk.maximumCommands * 2))
        desk = CommandDesk(logger: logger, send: send)
        let bell = FigureBell(send)
        server = HealthServer(
            HealthServerConfiguration(
                listeners: settings.listeners,
                agentCheck: settings.agentCheck,
                agentName: name,
                agentVersion: Version.text,
                limits: shares.serverLimits
            ),
            clock: { kernel.now },
            wallClock: { kernel.wallTime },
            facts: { facts.read() },
            inherited: inherited,
            material: SystemMaterial(),
            notify: { [logger] notice in
                logger.log(
                    level: notice.isProblem ? .warning : .info,
                    "\(notice.message)",
                    metadata: ["listener": "\(notice.address)"]
                )
            },
            desk: desk,
            askForFigures: { bell.ring() }
        )
        service = ServiceSupervision(manager: manager, server: server) { kernel.now }
        reports = AgentReports(server: server, service: service, logger: logger)
        watch = try ConfigurationWatch(
            accepted,
            readAt: readAt,
            kernel: kernel,
            facts: facts,
            logger: logger,
            desk: desk,
            service: service,
            deliver: { [send] command in
                if case .enqueued = send.yield(command) { true } else { false }
            }
        )
        for warning in accepted.warnings.lines { logger.warning("\(warning)") }
        let needed = plan.descriptorsNeeded
        if needed > shares.probes {
            logger.warning(
                "the descriptor limit is low: when all targets hang at once, some probes will not run",
                metadata: ["needed": "\(needed)", "available": "\(shares.probes)"]
            )
        }
    }

    /// Listens.
    ///
    /// - Throws: why it cannot.
    mutating func start() throws(ListenError) {
        plan.saved = state?.restore()
        plan.keeper = state?.store
        showWhatWasRestored()
        let (server, logger) = (server, logger)
        let result = MainThread.wait { () async -> Result<[ListenAddress], ListenError> in
            do throws(ListenError) {
                return .success(try await server.start { logger.warning("no admin socket: \($0)") })
            } catch {
                return .failure(error)
            }
        }
        for address in try result.get() {
            logger.info("listening", metadata: ["address": "\(address)"])
        }
        if let address = server.agentCheckAddress {
            logger.info("answering HAProxy's agent checks", metadata: ["address": "\(address)"])
        }
        for socket in inherited.unused {
            logger.warning(
                "a socket was passed that no listener asks for: its clients wait in vain",
                metadata: ["name": "\(socket.name)", "descriptor": "\(socket.descriptor)"]
            )
        }
    }

    /// Has the first answer of all tell what an earlier run left, and not that nothing is known yet.
    ///
    /// The probe loop makes the same snapshot when it begins, which would be too late for who asks in between.
    private mutating func showWhatWasRestored() {
        guard plan.restoresTargets else { return }
        plan = plan.withFingerprints()
        let now = Moment(instant: kernel.now, wall: kernel.wallTime)
        var pipeline = plan.makePipeline(at: now)
        server.publish(pipeline.snapshot(at: now))
    }

    /// Probes and answers until SIGTERM or SIGINT, then drains.
    func serve(until signals: SignalWaiter) {
        let thread: LoopThread
        do {
            try watch.start()
            thread = try LoopThread(running: loop, name: "probes")
        } catch {
            logger.critical("no thread: \(error)")
            return stopServer(deadline: .zero)
        }
        // Owned by this function: it ends when the commands do, and is waited for below.
        let probing = Task { [loop, plan, reports, commands, logger] in
            do throws(SystemError) {
                try await loop.probe(plan.withFingerprints(), reports: reports, commands: commands)
            } catch {
                logger.critical("cannot probe: \(error)")
                exit(CommandStatus.software.rawValue)
            }
        }
        logger.info(
            "started",
            metadata: [
                "version": "\(Version.text)", "targets": "\(plan.specs.count)", "agent": "\(plan.agentName)",
                "loops": "\(loops.count)", "why_loops": "\(loops.reason)",
            ]
        )
        waitForTheEnd(signals)
        watch.stop()
        drain(signals)
        send.yield(.stop)
        send.finish()
        MainThread.wait { await probing.value }
        thread.stopAndJoin()
        state?.stop()
        stopServer(deadline: .seconds(5))
        logger.info("stopped")
    }

    private func stopServer(deadline: Duration) {
        let server = server
        MainThread.wait { await server.stop(deadline: deadline) }
    }

    /// Waits for SIGTERM or SIGINT; SIGHUP reloads.
    private func waitForTheEnd(_ signals: SignalWaiter) {
        while let signal = service.wait(signals) {
            switch signal {
            case .terminate, .interrupt: return
            case .hangUp: watch.ask()
            }
        }
    }

    /// Not ready at once; keeps answering for the drain time, or until a second signal.
    private func drain(_ signals: SignalWaiter) {
        server.drain()
        send.yield(.drain)
        service.stopping(drain: settings.drain)
        logger.notice(
            "draining: readiness answers 503; a second signal ends it now",
            metadata: ["for": "\(settings.drain.readable)"]
        )
        let end = kernel.now.advanced(by: settings.drain)
        while let signal = service.wait(signals, until: end) {
            switch signal {
            case .terminate, .interrupt: return
            case .hangUp:
                for waiting in desk.takeReloads() {
                    waiting.answer(.refused(.unavailable("the agent is shutting down")))
                }
            }
        }
    }
}
