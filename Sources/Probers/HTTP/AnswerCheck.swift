// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import LinuxRuntime
package import PatternMatching

/// Every condition on an answer but its status, prepared once and checked in the order: fields, body, JSON.
package struct AnswerCheck {
    private let headers: HeaderCheck
    private let body: BodyCheck
    private let json: JSONCheck

    /// Prepares the conditions of `expectation`.
    ///
    /// - Throws: what is wrong with the first expression that is not one.
    package init(_ expectation: HTTPExpectation) throws(PatternProblem) {
        headers = try HeaderCheck(expectation.headers)
        body = try BodyCheck(expectation)
        json = try JSONCheck(expectation.json)
    }

    /// The reason and the words for the first condition that does not hold, or that could not be decided (`internal`).
    func failure(of answer: HTTPAnswer) -> (reason: FailureReason, message: String)? {
        if let failure = Self.failure(headers.check(answer.headers), .header) { return failure }
        if let failure = Self.failure(body.check(answer.body), .body) { return failure }
        return Self.failure(json.check(answer.body), .json)
    }

    private static func failure(_ result: BodyCheck.Result, _ reason: FailureReason) -> (FailureReason, String)? {
        switch result {
        case .holds: nil
        case .violated(let message): (reason, message)
        case .undecided(let message): (.internal, message)
        }
    }
}
