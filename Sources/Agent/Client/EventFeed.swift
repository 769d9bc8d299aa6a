// SPDX-License-Identifier: Apache-2.0

/// `bellwether events`: prints the changes that the agent remembers, and with `--follow` those that come.
package struct EventFeed {
    private let place: StatusQuery.Place
    private let follows: Bool
    private let isJSON: Bool

    /// The longest silence of an agent that lives: it says something every 15 seconds.
    static let silence = Duration.seconds(40)

    /// - Parameters:
    ///   - place: where the agent answers.
    ///   - follows: whether it goes on until the agent ends.
    ///   - isJSON: whether events are printed as they come, one object a line.
    package init(place: StatusQuery.Place, follows: Bool, isJSON: Bool) {
        self.place = place
        self.follows = follows
        self.isJSON = isJSON
    }

    /// Prints until there is no more.
    package func run() -> CommandStatus { run(since: 0) }

    /// Prints the changes after the one numbered `since`; nil prints only those that come.
    func run(since: UInt64?) -> CommandStatus {
        var text = EventText(isJSON: isJSON)
        let query = [since.map { "since=\($0)" }, follows ? nil : "follow=false"].compactMap(\.self)
        let path = "/api/v1/events" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        do throws(StatusConnection.Problem) {
            try StatusConnection(place).follow(path, silence: Self.silence) { line in
                if let printed = text.take(line) { StandardOutput.printNow(printed) }
                return !text.isDraining
            }
            guard follows, !text.isDraining else { return .healthy }
            StandardError.print("bellwether: \(place) has ended the stream")
            return .unavailable
        } catch {
            StandardError.print("bellwether: no answer from \(place): \(error.message)")
            return .unavailable
        }
    }
}
