// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime

/// `bellwether status --watch`: on a terminal the status, drawn anew in place every second; elsewhere the status once, and then
/// every change as a line.
package struct StatusWatch {
    private let place: StatusQuery.Place
    private let target: String?

    /// Moves to the upper left corner and clears all below (ECMA-48: CUP, ED).
    private static let clear = "\u{1B}[H\u{1B}[J"

    /// - Parameters:
    ///   - place: where the agent answers.
    ///   - target: one target's name; nil = all of them.
    package init(place: StatusQuery.Place, target: String?) {
        self.place = place
        self.target = target
    }

    /// Watches until the agent ends, or for ever.
    package func run() -> CommandStatus {
        guard StandardStreams.outputIsTerminal else {
            let first = StatusQuery(place: place, target: target, format: .table).run()
            guard first.rawValue <= CommandStatus.unknown.rawValue else { return first }
            return EventFeed(place: place, follows: true, isJSON: false).run(since: nil)
        }
        var hasDrawn = false
        while true {
            do throws(StatusConnection.Problem) {
                StandardOutput.printNow(Self.clear + (try picture()))
                hasDrawn = true
            } catch {
                guard hasDrawn else {
                    StandardError.print("bellwether: no answer from \(place): \(error.message)")
                    return .unavailable
                }
                StandardOutput.printNow("\(Self.clear)no answer from \(place): \(error.message)")
            }
            // The agent has no word for "draw now"; a second is what a person notices.
            _ = poll(nil, 0, 1_000)
        }
    }

    private func picture() throws(StatusConnection.Problem) -> String {
        let body = try StatusConnection(place).get("/api/v1/health")
        guard let document = try? StatusDocument(json: body) else {
            throw StatusConnection.Problem(message: "it is not the answer of a bellwether agent")
        }
        guard let report = StatusReport(document, target: target) else {
            throw StatusConnection.Problem(message: "it knows no target \(target ?? "")")
        }
        return report.table
    }
}
