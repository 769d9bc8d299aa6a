// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What a look at the process table gave for one selector.
package enum SurveyResult: Hashable, Sendable {
    /// That many processes run, the first of them by number; the numbers of a unit's are not known.
    case running(count: Int, ids: [Int32])
    /// None runs, and why that is certain.
    case absent(String)
    /// The machine does not let us know; our own trouble.
    case unknown(String)

    /// Most process numbers that are kept.
    package static let mostIDs = 16
}

/// Looks at the process table; may take as long as it likes, so never on the loop.
package protocol ProcessScan: Sendable {
    /// A result for each of `selectors`, in their order, from one look at the table.
    func results(for selectors: [ProcessSelector]) -> [SurveyResult]
}

/// Says which processes run, without blocking the loop.
///
/// The seam behind which `SystemProcessSurvey` or, in a test, a script stands.
package protocol ProcessSurvey: AnyObject {
    /// Looks for `selector` and tells `observer` once, possibly before this returns; never after `forget`.
    func survey(_ selector: ProcessSelector, for observer: any SurveyObserver, on loop: isolated EventLoop)

    /// Drops the question of `observer`, if it has one.
    func forget(_ observer: any SurveyObserver, on loop: isolated EventLoop)
}

/// Is told what a survey gave.
package protocol SurveyObserver: AnyObject {
    /// Called on the loop.
    func surveyed(_ result: SurveyResult, on loop: isolated EventLoop)
}
