// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// How `bellwether status` prints.
package enum StatusFormat: String, CaseIterable, Sendable {
    /// Columns, for people.
    case table
    /// The agent's own document.
    case json
    /// One line, for Nagios.
    case nagios
}

/// `bellwether status`: asks the running agent, and prints what it says.
package struct StatusQuery {
    /// Where the agent answers.
    package enum Place: Hashable, Sendable, CustomStringConvertible {
        case tcp(String)
        case unix(String)

        package var description: String {
            switch self {
            case .tcp(let address): address
            case .unix(let path): "unix:\(path)"
            }
        }
    }

    let place: Place
    private let target: String?
    private let format: StatusFormat

    /// - Parameters:
    ///   - place: where the agent answers.
    ///   - target: the name of one target or group; nil = all of them.
    ///   - format: how to print.
    package init(place: Place, target: String?, format: StatusFormat) {
        self.place = place
        self.target = target
        self.format = format
    }

    /// Where an agent of this user, or the service's, answers: its admin socket, or the address that it listens on by default.
    package static var usualPlace: Place {
        AdminSocket.found().map(Place.unix) ?? .tcp(ListenAddress.loopback.description)
    }

    /// Asks and prints; gives the status shown.
    package func run() -> CommandStatus {
        let connection = StatusConnection(place)
        do throws(StatusConnection.Problem) {
            let body = try connection.get("/api/v1/health")
            guard let document = try? StatusDocument(json: body) else {
                throw StatusConnection.Problem(message: "it is not the answer of a bellwether agent")
            }
            guard let report = StatusReport(document, target: target) else {
                StandardError.print("bellwether: \(place) knows no target or group \(target ?? "")")
                return .usage
            }
            switch format {
            case .table: StandardOutput.print(report.table)
            case .nagios: StandardOutput.print(report.nagiosLine)
            case .json:
                let shown =
                    switch report.subject {
                    case .everything: body
                    case .target(let target): try connection.get("/api/v1/targets/\(target.name)")
                    // A status, so its code says how the group is.
                    case .group(let group):
                        try connection.exchange("GET", "/health/groups/\(group.name)?format=json").body
                    }
                StandardOutput.print(String(decoding: shown, as: UTF8.self))
            }
            return report.status
        } catch {
            // A plugin speaks on its output only, and knows no other codes than 0 to 3; a service that is not there is critical.
            if format == .nagios {
                StandardOutput.print("CRITICAL: no answer from \(place): \(error.message)")
                return .unhealthy
            }
            StandardError.print("bellwether: no answer from \(place): \(error.message)")
            return .unavailable
        }
    }
}
