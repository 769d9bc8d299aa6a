// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HealthModel
import LinuxRuntime

/// What is said to a resident worker and what it answers: one line of JSON each way for each check.
///
///     → {"check":17,"target":"disk","timeout_s":1.5,"last_verdict":"healthy"}
///     ← {"check":17,"status":0,"output":"DISK OK - 2 GB free | /=2GB"}
///
/// `status` is read as an exit code is, `output` as standard output is. Members that are not known are ignored.
struct WorkerConversation {
    /// What a worker answered.
    struct Reply: Decodable, Hashable {
        var check: UInt64
        var status: Int
        var output: String?
    }

    /// What is wrong with what a worker wrote.
    enum Fault: Error, Hashable {
        /// A line that is longer than any answer may be.
        case tooLong(limit: Int)
        /// A line that is no answer.
        case notAReply(String)
        /// An answer to another check than the one under way.
        case wrongCheck(UInt64)
        /// An exit code that no process can have.
        case wrongStatus(Int)
    }

    private let lineLimit: Int
    private var received: [UInt8] = []

    /// - Parameter outputLimit: how many bytes of output are kept; JSON may write each as six.
    init(outputLimit: Int) {
        lineLimit = 6 * outputLimit + 256
    }

    /// The line that asks for a check; the values need no escapes.
    static func request(check: UInt64, target: TargetName, timeLimit: Duration, lastVerdict: Verdict?) -> [UInt8] {
        let seconds = ScriptEnvironment.seconds(timeLimit)
        let verdict = lastVerdict.map { "\"\($0.rawValue)\"" } ?? "null"
        let members = "\"check\":\(check),\"target\":\"\(target)\",\"timeout_s\":\(seconds),\"last_verdict\":\(verdict)"
        return Array("{\(members)}\n".utf8)
    }

    /// Takes what the worker wrote while `check` is under way (nil = none is); the answer once it is there.
    ///
    /// Empty lines say nothing. Anything else than one answer to each check is a fault.
    mutating func receive(_ bytes: [UInt8], check: UInt64?) throws(Fault) -> Reply? {
        received += bytes
        var reply: Reply?
        while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(received[..<end])
            received.removeSubrange(...end)
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) else { continue }
            guard line.count <= lineLimit else { throw .tooLong(limit: lineLimit) }
            let found = try Self.reply(in: line)
            guard let check, reply == nil, found.check == check else { throw .wrongCheck(found.check) }
            guard (0...255).contains(found.status) else { throw .wrongStatus(found.status) }
            reply = found
        }
        guard received.count <= lineLimit else { throw .tooLong(limit: lineLimit) }
        return reply
    }

    private static func reply(in line: [UInt8]) throws(Fault) -> Reply {
        do {
            return try JSONDecoder().decode(Reply.self, from: Data(line))
        } catch {
            throw .notAReply(Excerpt.text(of: line) ?? "")
        }
    }
}

extension WorkerConversation.Fault: CustomStringConvertible {
    var description: String {
        switch self {
        case .tooLong(let limit): "wrote a line of more than \(limit) bytes"
        case .notAReply(let line): "wrote a line that is no answer: \(line)"
        case .wrongCheck(let check): "answered check \(check), which is not under way"
        case .wrongStatus(let status): "answered status \(status), which is not between 0 and 255"
        }
    }
}
