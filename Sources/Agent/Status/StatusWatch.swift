// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime

/// `bellwether status --watch`: on a terminal the status, drawn anew in place every second; elsewhere the status once, and then
/// every change as a line.
package struct StatusWatch {
    private let place: StatusQuery.Place
    private let target: String?

    /// - Parameters:
    ///   - place: where the agent answers.
    ///   - target: one target's name; nil = all of them.
    package init(place: StatusQuery.Place, target: String?) {
        self.place = place
        self.target = target
    }

    /// Watches until the agent ends, or for ever.
    package func run() -> CommandStatus {
        guard StandardStreams.outputIsTerminal, TerminalStyle.canDraw(ProcessEnvironment.value(of:)) else {
            let first = StatusQuery(place: place, target: target, format: .table).run()
            guard first.rawValue <= CommandStatus.unknown.rawValue else { return first }
            return EventFeed(place: place, follows: true, isJSON: false).run(since: nil)
        }
        let style = TerminalStyle.ofStandardOutput
        var hasDrawn = false
        while true {
            var lines: [StatusLine]
            do throws(StatusConnection.Problem) {
                lines = try picture()
                hasDrawn = true
            } catch {
                guard hasDrawn else {
                    StandardError.print("bellwether: no answer from \(place): \(error.message)")
                    return .unavailable
                }
                lines = [StatusLine("no answer from \(place): \(error.message)")]
            }
            // The size is asked each time: a window changes it.
            let frame = StatusFrame(size: Self.terminalSize, style: style)
            guard StandardOutput.write(exactly: frame.drawing(lines)) else { return .healthy }
            // The agent has no word for "draw now"; a second is what a person notices.
            _ = poll(nil, 0, 1_000)
        }
    }

    private func picture() throws(StatusConnection.Problem) -> [StatusLine] {
        let body = try StatusConnection(place).get("/api/v1/health")
        guard let document = try? StatusDocument(json: body) else {
            throw StatusConnection.Problem(message: "it is not the answer of a bellwether agent")
        }
        guard let report = StatusReport(document, target: target) else {
            throw StatusConnection.Problem(message: "it knows no target or group \(target ?? "")")
        }
        return report.lines
    }

    /// The size that the terminal of standard output says it has (ioctl_tty(2)); nil when it says none.
    private static var terminalSize: StatusFrame.Size? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return StatusFrame.Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
