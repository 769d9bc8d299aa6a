// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Looks off the event loop whether the files of listeners have changed, and brings what was made of them to it.
///
/// A listener always has the last keys that were of use, so a half-written certificate or a missing token file changes nothing
/// but the log.
final class KeyWatch: Sendable {
    private let eventLoop: any EventLoop
    private let material: any ListenerMaterial
    private let interval: TimeAmount
    private let notify: @Sendable (ListenerNotice) -> Void
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init(
        eventLoop: any EventLoop,
        material: any ListenerMaterial,
        interval: TimeAmount,
        notify: @escaping @Sendable (ListenerNotice) -> Void
    ) {
        self.eventLoop = eventLoop
        self.material = material
        self.interval = interval
        self.notify = notify
        thread.start()
    }

    /// Makes a listener's keys for the first time, and watches their files from then on.
    ///
    /// - Throws: what is missing, unreadable or does not fit.
    func load(
        _ keys: NIOLoopBound<ListenerKeys>,
        _ settings: ListenerSettings
    ) async throws(ListenError) {
        if let secret = settings.token {
            let material = material
            try await load(
                RenewedKey { () throws(MaterialProblem) in
                    [Array(try material.text(of: secret).utf8)]
                } make: { (contents) throws(MaterialProblem) in
                    try Self.token(contents[0], of: secret)
                },
                "token",
                settings.address
            ) { keys.value.token = $0 }
        }
        if let files = settings.tls {
            let (maker, material) = (TLSContextMaker(files: files, offersHTTP2: settings.speaksHTTP2), material)
            try await load(
                RenewedKey { () throws(MaterialProblem) in
                    try maker.contents(from: material)
                } make: { (contents) throws(MaterialProblem) in
                    try maker.context(contents)
                },
                "certificate",
                settings.address
            ) { keys.value.tls = $0 }
        }
    }

    /// Ends the looking; what was found until then is brought first.
    ///
    /// A file on a disk that does not answer holds its reader for as long as the disk pleases: after `deadline` the thread is
    /// left to it.
    func stop(within deadline: Duration) async {
        await withCheckedContinuation { continuation in
            let waiting = Waiting(continuation)
            let amount = TimeAmount.nanoseconds(deadline.nanosecondsForTimers)
            let cut = eventLoop.scheduleTask(in: amount) { waiting.end() }
            thread.shutdownGracefully { _ in
                cut.cancel()
                waiting.end()
            }
        }
    }

    /// Who waits for the first of two things.
    private final class Waiting: Sendable {
        private let continuation: Mutex<CheckedContinuation<Void, Never>?>

        init(_ continuation: CheckedContinuation<Void, Never>) {
            self.continuation = Mutex(continuation)
        }

        func end() {
            continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }?.resume()
        }
    }

    private func load<Value: Sendable>(
        _ key: RenewedKey<Value>,
        _ name: String,
        _ address: ListenAddress,
        _ take: @escaping @Sendable (Value) -> Void
    ) async throws(ListenError) {
        let first: RenewedKey<Value>.Finding?
        first = try? await thread.runIfActive(eventLoop: eventLoop) { key.look() }.get()
        switch first {
        case .renewed(let value): try? await eventLoop.submit { take(value) }.get()
        case .refused(let problem): throw ListenError(address: address, reason: problem.message)
        case .unchanged, nil: throw ListenError(address: address, reason: "the server is stopping")
        }
        eventLoop.scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { task in
            self.thread.runIfActive(eventLoop: self.eventLoop) { key.look() }.map { finding in
                self.tell(finding, name, address, take)
            }.flatMapErrorThrowing { _ in
                // The thread has ended.
                task.cancel()
            }
        }
    }

    private func tell<Value>(
        _ finding: RenewedKey<Value>.Finding,
        _ name: String,
        _ address: ListenAddress,
        _ take: (Value) -> Void
    ) {
        switch finding {
        case .unchanged: break
        case .renewed(let value):
            take(value)
            notify(ListenerNotice(address: address, isProblem: false, message: "the \(name) was renewed"))
        case .refused(let problem):
            let message = "the \(name) stays as it was: \(problem.message)"
            notify(ListenerNotice(address: address, isProblem: true, message: message))
        }
    }

    private static func token(_ bytes: [UInt8], of secret: Secret) throws(MaterialProblem) -> BearerToken {
        do throws(MaterialProblem) {
            return try BearerToken(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw MaterialProblem(message: "token: \(secret.reference): \(error.message)")
        }
    }
}
