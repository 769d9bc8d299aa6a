// SPDX-License-Identifier: Apache-2.0

/// What a request for a status asks: `?format=`, and for the text format Kubernetes' `verbose` and `exclude`.
package struct StatusQuery: Hashable, Sendable {
    /// The format asked for; nil leaves it to `Accept` and the path.
    package var format: StatusFormat?
    /// What the text format is asked.
    package var checks: KubernetesQuery

    package init(format: StatusFormat? = nil, checks: KubernetesQuery = KubernetesQuery()) {
        self.format = format
        self.checks = checks
    }

    /// Reads the part of a request target after `?`.
    ///
    /// A parameter or format that is not known is refused, so that a misspelt one is noticed. A `+` in `health+json` need
    /// not be escaped, although a form would read it as a space.
    package init(_ text: some StringProtocol) throws(KubernetesQuery.Problem) {
        self.init()
        for (name, value) in try QueryParameters(text).all {
            if name == "format" {
                let word = String(value.map { $0 == " " ? "+" : $0 })
                guard let format = StatusFormat(rawValue: word) else {
                    let message = "unknown format \(quoted(value)) (use \(StatusFormat.list))"
                    throw KubernetesQuery.Problem(message: message)
                }
                guard self.format == nil || self.format == format else {
                    throw KubernetesQuery.Problem(message: "several formats (use one)")
                }
                self.format = format
            } else if try !checks.take(name, value) {
                let known = "verbose, exclude=name or format=name"
                throw KubernetesQuery.Problem(message: "unknown query parameter \(quoted(name)) (use \(known))")
            }
        }
    }

    /// The dialect that answers, once the text format's own parameters are known to have a text to work on.
    ///
    /// - Parameters:
    ///   - subject: what is asked about.
    ///   - accept: the request's `Accept` fields.
    ///   - isKubernetesPath: whether the path is one of Kubernetes'.
    /// - Returns: the dialect, and whether another `Accept` could have given another one.
    /// - Throws: which parameter has nothing to work on.
    package func negotiated(
        about subject: StatusSubject,
        accept: AcceptField,
        isKubernetesPath: Bool
    ) throws(KubernetesQuery.Problem) -> (dialect: StatusDialect, varies: Bool) {
        let choice = StatusDialect.negotiated(format, accept: accept, isKubernetesPath: isKubernetesPath)
        guard choice.dialect == .text || checks == KubernetesQuery() else {
            throw KubernetesQuery.Problem(message: "verbose and exclude belong to the text format (add format=text)")
        }
        guard subject == .aggregate || checks.excluded.isEmpty else {
            throw KubernetesQuery.Problem(message: "exclude works on the aggregate only")
        }
        return choice
    }
}
