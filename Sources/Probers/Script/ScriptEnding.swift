// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// How a run of a script ended, and what it had written by then.
struct ScriptEnding: Hashable {
    /// What ended it.
    enum Cause: Hashable {
        /// The program itself, or a signal that is not ours.
        case exit(ProcessExit)
        /// The program, after it was asked to end.
        case tooLate(ProcessExit)
        /// We did, at the deadline.
        case killed
        /// We did, because the loop could not watch it.
        case unwatched(SystemError)
    }

    var cause: Cause
    var endedAt: MonotonicInstant
    var output: OutputHead
    var errorOutput: OutputHead
}

extension ScriptEnding.Cause {
    /// What ended it, in words for people.
    var summary: String {
        switch self {
        case .exit(let exit): Self.text(exit)
        case .tooLate(let exit): "\(Self.text(exit)), after it was asked to end"
        case .killed: "killed at the deadline"
        case .unwatched(let error): "killed: it cannot be watched: \(error.text)"
        }
    }

    private static func text(_ exit: ProcessExit) -> String {
        switch exit {
        case .code(let code): "exit code \(code)"
        case .signal(let number): "ended by \(SignalName.of(number))"
        case .unknown: "exit status lost"
        }
    }
}

/// The beginning of what a program wrote.
struct OutputHead: Hashable {
    /// The first bytes, at most as many as the limit says.
    private(set) var bytes: [UInt8] = []
    /// More was written than is kept.
    private(set) var isCut = false
    private let limit: Int

    init(limit: Int) {
        precondition(limit > 0, "an output limit of \(limit) bytes")
        self.limit = limit
    }

    /// Keeps what fits.
    mutating func append(_ more: [UInt8]) {
        let room = limit - bytes.count
        bytes += more.prefix(room)
        if more.count > room { isCut = true }
    }
}
