// SPDX-License-Identifier: Apache-2.0

/// What the exchanges of a transport use one after the other, so that none allocates it for itself.
final class HTTP1Workspace {
    /// How much is read at a time.
    static let readCapacity = 65_536
    /// The most runs that wait; as many exchanges are under way at once where all answer, and more than that allocate.
    static let runCapacity = 64

    /// Where all of them read to; used within one call only.
    var bytes = [UInt8](repeating: 0, count: readCapacity)
    private var runs: [HTTP1Exchange.Run] = []

    /// A run that is under way nowhere.
    func takeRun() -> HTTP1Exchange.Run {
        runs.popLast() ?? HTTP1Exchange.Run()
    }

    /// Keeps a run that is over.
    func keep(_ run: HTTP1Exchange.Run) {
        if runs.count < Self.runCapacity { runs.append(run) }
    }
}
