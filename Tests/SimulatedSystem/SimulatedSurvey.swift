// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// A process table that a rule makes up; answers at once, or after a delay of virtual time, or never.
package final class SimulatedSurvey: ProcessSurvey {
    /// What one look gives, and after how long; nil = it hangs.
    package typealias Rule = (ProcessSelector) -> (result: SurveyResult, after: Duration)?

    private let rule: Rule
    private var waiting: [ObjectIdentifier: TimerID] = [:]

    /// - Parameter rule: decides about each look; by default nothing runs.
    package init(_ rule: @escaping Rule = { _ in (.absent("nothing runs here"), .zero) }) {
        self.rule = rule
    }

    package func survey(_ selector: ProcessSelector, for observer: any SurveyObserver, on loop: isolated EventLoop) {
        guard let (result, delay) = rule(selector) else { return }
        guard delay > .zero else { return observer.surveyed(result, on: loop) }
        let answer = Answer(result, observer)
        waiting[ObjectIdentifier(observer)] = loop.schedule(answer, at: loop.now.advanced(by: delay))
    }

    package func forget(_ observer: any SurveyObserver, on loop: isolated EventLoop) {
        if let timer = waiting.removeValue(forKey: ObjectIdentifier(observer)) { loop.cancel(timer) }
    }

    private final class Answer: TimerHandler {
        let result: SurveyResult
        let observer: any SurveyObserver

        init(_ result: SurveyResult, _ observer: any SurveyObserver) {
            self.result = result
            self.observer = observer
        }

        func timerFired(_ timer: TimerID, on loop: isolated EventLoop) { observer.surveyed(result, on: loop) }
    }
}
