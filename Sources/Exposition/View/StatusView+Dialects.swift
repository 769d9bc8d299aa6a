// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// The answer about `subject` in any dialect.
    ///
    /// - Parameters:
    ///   - subject: what is asked about.
    ///   - dialect: how it is written.
    ///   - query: what the text dialect is asked.
    ///   - varies: whether another `Accept` field could have led to another dialect, which `Vary` then tells caches.
    /// - Returns: the answer; nil when there is no such subject.
    package func answer(
        about subject: StatusSubject,
        in dialect: StatusDialect,
        query: KubernetesQuery = KubernetesQuery(),
        varies: Bool = false
    ) -> Answer? {
        guard let status = status(of: subject) else { return nil }
        var answer =
            switch dialect {
            case .text: text(about: subject, query: query)
            case .healthJSON: healthDocument(status)
            case .actuator: actuatorDocument(status)
            case .aspnetWord: aspnetWord(status)
            case .aspnetReport: aspnetReport(status)
            case .consulLines: consulLines(status)
            case .consulReport: consulReport(status)
            case .json: document(status)
            }
        if varies { answer?.fields.append(HTTPField(name: "Vary", value: "Accept")) }
        return answer
    }

    private func text(about subject: StatusSubject, query: KubernetesQuery) -> Answer? {
        switch subject {
        case .aggregate: readiness(query)
        case .target(let name), .named(let name): readiness(of: name)
        case .group(let name): TargetName(name.text).flatMap(readiness)
        }
    }

    /// An answer with the status's code and fields, where degraded is `degradedCode` or, without one, the listener's code.
    func answer(
        _ status: SubjectStatus,
        _ contentType: Answer.ContentType,
        degradedCode: Int? = nil,
        body: [UInt8]
    ) -> Answer {
        let code = status.code(degraded: degradedCode ?? self.degradedCode)
        return Answer(code: code.code, contentType: contentType, fields: code.fields, body: body)
    }
}
