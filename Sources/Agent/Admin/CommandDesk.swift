// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Logging
import Synchronization

/// Sends commands on their way: those about targets to the probe loop, a reload to the main thread.
///
/// Never waits: a command that there is no room for is refused at once.
final class CommandDesk: AdminDesk {
    /// The most commands under way at one time.
    static let maximumCommands = 64
    /// The most who wait for one reload.
    static let maximumReloads = 16

    private let logger: Logger
    private let send: AsyncStream<ProbeLoopCommand>.Continuation
    private let underWay = Atomic(0)
    private let reloads = Mutex<[AdminReply]>([])
    private let wakeMainThread: @Sendable () -> Void

    /// - Parameters:
    ///   - logger: where calls are noted.
    ///   - send: the way to the probe loop, with room for ``maximumCommands`` besides the process's own.
    ///   - wakeMainThread: has the main thread look for reloads; by default by SIGHUP, which it waits for anyway.
    init(
        logger: Logger,
        send: AsyncStream<ProbeLoopCommand>.Continuation,
        wakeMainThread: @escaping @Sendable () -> Void = { kill(getpid(), SIGHUP) }
    ) {
        self.logger = logger
        self.send = send
        self.wakeMainThread = wakeMainThread
    }

    func take(_ command: AdminCommand, reply: AdminReply) {
        guard command != .reload else { return askForReload(reply) }
        guard underWay.add(1, ordering: .relaxed).newValue <= Self.maximumCommands else {
            underWay.subtract(1, ordering: .relaxed)
            return reply.answer(.refused(.busy("\(Self.maximumCommands) commands are under way", retryAfter: 1)))
        }
        let counted = AdminReply { result in
            self.underWay.subtract(1, ordering: .relaxed)
            reply.answer(result)
        }
        send.yield(.admin(command, counted))
    }

    func called(_ call: AdminCall) {
        logger.notice(
            "admin call",
            metadata: [
                "who": "\(call.who)", "call": "\(call.what)", "code": "\(call.code)", "request_id": "\(call.requestID)",
            ]
        )
    }

    /// Takes out those who wait for a reload.
    func takeReloads() -> [AdminReply] {
        reloads.withLock { exchange(&$0, with: []) }
    }

    private func askForReload(_ reply: AdminReply) {
        let hasRoom = reloads.withLock { waiting in
            guard waiting.count < Self.maximumReloads else { return false }
            waiting.append(reply)
            return true
        }
        guard hasRoom else { return reply.answer(.refused(.busy("a reload is under way", retryAfter: 1))) }
        wakeMainThread()
    }
}
