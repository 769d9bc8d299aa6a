// SPDX-License-Identifier: Apache-2.0

/// The formats that `?format=` asks for.
package enum StatusFormat: String, CaseIterable, Hashable, Sendable {
    /// The Kubernetes API server's text, with `verbose` and `exclude`.
    case text
    /// draft-inadarei-api-health-check-06.
    case healthJSON = "health+json"
    /// Spring Boot's actuator.
    case actuator
    /// ASP.NET Core's word, or its health checks UI document for a client that likes JSON better.
    case aspnet
    /// What a Consul HTTP check reads, or Consul's own document for a client that likes JSON better.
    case consul
    /// Ours, with everything that is known.
    case json

    /// The ways to write the format, the default first; `Accept` decides between them.
    fileprivate var dialects: [StatusDialect] {
        switch self {
        case .text: [.text]
        case .healthJSON: [.healthJSON]
        case .actuator: [.actuator]
        case .aspnet: [.aspnetWord, .aspnetReport]
        case .consul: [.consulLines, .consulReport]
        case .json: [.json]
        }
    }

    /// Every format, for people: `text, health+json, actuator, aspnet, consul or json`.
    static let list: String = {
        let words = allCases.map(\.rawValue)
        return words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }()
}

/// One way to write a status: a format, and which of its two forms where it has two.
package enum StatusDialect: CaseIterable, Hashable, Sendable {
    case text, healthJSON, actuator, aspnetWord, aspnetReport, consulLines, consulReport, json

    /// The media type it is written in.
    package var contentType: Answer.ContentType {
        switch self {
        case .text, .aspnetWord, .consulLines: .text
        case .healthJSON: .healthJSON
        case .actuator: .actuatorJSON
        case .aspnetReport, .consulReport, .json: .json
        }
    }

    /// Whether every target is written, not only those in the way.
    package var listsTargets: Bool {
        switch self {
        case .healthJSON, .actuator, .aspnetReport, .consulReport, .json: true
        case .text, .aspnetWord, .consulLines: false
        }
    }

    /// What answers `/health` and the paths below it; `Accept` decides, the first is the default.
    private static let ofHealth: [StatusDialect] = [.healthJSON, .text, .json, .actuator]

    /// How a request for a status is answered.
    ///
    /// - Parameters:
    ///   - format: what `?format=` asks for; it comes before `Accept`.
    ///   - accept: the request's `Accept` fields.
    ///   - isKubernetesPath: whether the path is one of Kubernetes' (`/readyz`), whose answer without `?format=` is
    ///     always its text.
    /// - Returns: the dialect, and whether another `Accept` could have given another one.
    package static func negotiated(
        _ format: StatusFormat?,
        accept: AcceptField,
        isKubernetesPath: Bool
    ) -> (dialect: StatusDialect, varies: Bool) {
        let candidates = format?.dialects ?? (isKubernetesPath ? [.text] : ofHealth)
        return (accept.choice(of: candidates, type: \.contentType), candidates.count > 1)
    }
}
