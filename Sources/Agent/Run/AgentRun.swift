// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import LinuxRuntime
import Logging
import ProbeConfig

/// `bellwether run`: the whole agent, from its files to its exit.
///
/// Three threads matter: the probe loop, the server's, and this one, which waits for signals. They share nothing but
/// messages, so a stalled probe loop cannot keep the server from saying so, nor a busy server the probes from running. Where one
/// loop is not enough, others run probes for it.
package struct AgentRun {
    private let location: ConfigurationLocation
    private let listen: [String]
    private let socket: String?
    private let once: Bool

    /// - Parameters:
    ///   - location: where the configuration is.
    ///   - listen: addresses that replace the configured listeners; none keeps those.
    ///   - socket: the admin socket's path; nil = the usual place, without one where that cannot be had.
    ///   - once: whether every target is probed once only, and the outcomes printed.
    package init(location: ConfigurationLocation, listen: [String] = [], socket: String? = nil, once: Bool = false) {
        self.location = location
        self.listen = listen
        self.socket = socket
        self.once = once
    }

    /// Runs until SIGTERM or SIGINT, or once through all targets.
    package func run() -> CommandStatus {
        ProcessMemory.returnWhenFreed()
        do throws(SystemError) {
            // Before anything is opened and any other thread exists.
            let inherited = InheritedSockets(environment: ProcessEnvironment.value(of:))
            try StandardStreams.open()
            let signals = try SignalWaiter()
            try CoreFiles.forbid()
            let start = SystemKernel.calendarTime
            switch ConfigurationReader(files: SystemFiles()).read(location) {
            case .rejected(let report):
                StandardError.print(report.text)
                return .configuration
            case .accepted(let accepted):
                return once ? OneRound(accepted).run() : serve(accepted, readAt: start, signals, inherited)
            }
        } catch {
            StandardError.print("bellwether: cannot start: \(error)")
            return .software
        }
    }

    private func serve(
        _ accepted: AcceptedConfiguration,
        readAt start: WallTime,
        _ signals: SignalWaiter,
        _ inherited: InheritedSockets
    ) -> CommandStatus {
        var settings = accepted.configuration.agent
        do {
            if !listen.isEmpty { settings.listeners = try listen.map(ListenerSettings.init(commandLine:)) }
        } catch {
            StandardError.print("bellwether: \(error)")
            return .usage
        }
        if let socket, !socket.hasPrefix("/") {
            StandardError.print("bellwether: --socket \(socket): the socket's path must be absolute")
            return .usage
        }
        do throws(AdminSocketProblem) {
            let path = if let socket { socket } else { try AdminSocket.listening() }
            settings.listeners.append(.adminSocket(path, isOptional: socket == nil))
        } catch {
            StandardError.print("bellwether: there is no admin socket: \(error)")
        }
        let kernel: SystemKernel
        var process: AgentProcess
        do {
            kernel = try SystemKernel()
            process = try AgentProcess(
                accepted,
                readAt: start,
                settings: settings,
                inherited: inherited,
                kernel: kernel
            )
        } catch {
            StandardError.print("bellwether: cannot start: \(error)")
            return .software
        }
        do {
            try process.start()
        } catch {
            process.logger.critical("\(error)")
            return .unavailable
        }
        process.serve(until: signals)
        return .healthy
    }
}
