// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Looks at the process table on a thread of its own: one look serves all who ask meanwhile.
///
/// A look that hangs holds that thread and nothing else; who asks runs into its own deadline. Belongs to the one loop it is
/// first used on.
package final class SystemProcessSurvey: ProcessSurvey {
    private let thread: SurveyThread
    private var waiting: [UInt64: any SurveyObserver] = [:]
    private var next: UInt64 = 0
    private var isWatching = false

    /// Opens its one descriptor at once; the thread is started when there is work.
    ///
    /// - Throws: why the descriptor cannot be had.
    package init(scan: any ProcessScan = SystemProcessScan()) throws(SystemError) {
        thread = try SurveyThread(scan: scan)
    }

    package func survey(_ selector: ProcessSelector, for observer: any SurveyObserver, on loop: isolated EventLoop) {
        if !isWatching {
            do {
                try loop.watch(thread.signal, self)
                isWatching = true
            } catch {
                return observer.surveyed(.unknown("cannot watch for answers: \(error.text)"), on: loop)
            }
        }
        next += 1
        waiting[next] = observer
        guard let error = thread.add(next, selector) else { return }
        let failed = waiting.sorted { $0.key < $1.key }
        waiting = [:]
        for (_, observer) in failed { observer.surveyed(.unknown("no thread for the look: \(error.text)"), on: loop) }
    }

    package func forget(_ observer: any SurveyObserver, on loop: isolated EventLoop) {
        for (number, waiter) in waiting where waiter === observer {
            thread.remove(number)
            waiting[number] = nil
        }
    }

    /// Ends without waiting for the thread; nobody is told anything any more.
    package func stop(on loop: isolated EventLoop) {
        if isWatching { loop.unwatch(thread.signal) }
        isWatching = false
        waiting = [:]
        thread.stop()
    }
}

extension SystemProcessSurvey: DescriptorHandler {
    /// Answers lie in the box.
    package func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        for (number, result) in thread.takeAnswers() {
            waiting.removeValue(forKey: number)?.surveyed(result, on: loop)
        }
    }
}
