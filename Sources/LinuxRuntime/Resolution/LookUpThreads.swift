// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import HealthModel
import Synchronization

/// The threads that look names up, and the box in which they leave the answers.
///
/// The threads are detached and own everything they touch, this object included: nobody waits for one whose look-up hangs.
/// What they leave is bounded, because each name is in the queue, with a thread, or in the box only once.
final class LookUpThreads: Sendable {
    typealias Answer = Result<[SocketAddress], ResolutionFailure>

    /// Becomes readable when answers lie in the box.
    let signal: CInt

    private let lookUp: any NameLookUp
    private let queue: Mutex<LookUpQueue>
    private let answers = Mutex<[(name: String, answer: Answer)]>([])

    /// - Throws: why the descriptor that signals cannot be had.
    init(lookUp: any NameLookUp, queue: LookUpQueue) throws(SystemError) {
        signal = clinux_eventfd()
        guard signal >= 0 else { throw .last }
        self.lookUp = lookUp
        self.queue = Mutex(queue)
    }

    deinit {
        _ = Glibc.close(signal)
    }

    /// Hands a name in; what cannot be looked up comes back at once as failed, the name itself or others that waited.
    func add(_ name: String) -> [(name: String, failure: ResolutionFailure)] {
        switch queue.withLock({ $0.add(name) }) {
        case .queued: return []
        case .full: return [(name, ResolutionFailure(kind: .ours, message: "too many look-ups wait"))]
        case .needsThread:
            guard let error = startThread() else { return [] }
            let failure = ResolutionFailure(
                kind: .ours,
                message: "no thread for the look-up: \(error.text)",
                problem: .processes
            )
            return queue.withLock { $0.threadFailed() }.map { ($0, failure) }
        }
    }

    /// Whether no thread has taken `name` yet.
    func isQueued(_ name: String) -> Bool { queue.withLock { $0.contains(name) } }

    /// Takes what the threads left.
    func takeAnswers() -> [(name: String, answer: Answer)] {
        var counter: UInt64 = 0
        // unsafe: eight bytes are read into an eight-byte integer. The counter is cleared before the box is emptied, so
        // whatever is left afterwards signals again.
        _ = unsafe Glibc.read(signal, &counter, MemoryLayout<UInt64>.size)
        return answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
    }

    /// Drops what waits; threads end after the look-up they are at.
    func stop() {
        queue.withLock { $0.close() }
    }

    private func startThread() -> SystemError? {
        var thread = pthread_t()
        // unsafe: retained here and released by the thread, exactly once each.
        let box = unsafe Unmanaged.passRetained(self)
        let status = unsafe pthread_create(&thread, nil, { unsafe LookUpThreads.run($0) }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            return SystemError(code: status)
        }
        pthread_detach(thread)
        return nil
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // unsafe: the pointer is the object that `startThread` retained for this thread.
        let threads = unsafe Unmanaged<LookUpThreads>.fromOpaque(argument).takeRetainedValue()
        // unsafe: the text is copied by the callee.
        unsafe clinux_name_thread("resolver")
        threads.work()
        return nil
    }

    private func work() {
        var isFirst = true
        while let name = queue.withLock({ $0.next(onStart: isFirst) }) {
            isFirst = false
            let answer: Answer
            do throws(ResolutionFailure) {
                answer = .success(try lookUp.addresses(of: name))
            } catch {
                answer = .failure(error)
            }
            answers.withLock { $0.append((name, answer)) }
            var one: UInt64 = 1
            // unsafe: eight bytes are read from an eight-byte integer.
            _ = unsafe Glibc.write(signal, &one, MemoryLayout<UInt64>.size)
        }
    }
}
