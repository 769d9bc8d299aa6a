// SPDX-License-Identifier: Apache-2.0

/// Cuts an answer that goes on into the lines of its body; pure.
struct LineReader {
    /// The longest line, and the longest header.
    static let maximumBytes = 256 * 1_024

    private var unread: [UInt8] = []
    /// Whether the header has ended.
    private(set) var isInBody = false

    /// Takes bytes, and gives the lines that they complete, without their ends.
    mutating func take(_ bytes: some Sequence<UInt8>) throws(StatusConnection.Problem) -> [String] {
        unread += bytes
        if !isInBody {
            let blank: [UInt8] = [13, 10, 13, 10]
            guard let end = unread.indices.first(where: { unread[$0] == 13 && unread[$0...].starts(with: blank) })
            else {
                try checkLength()
                return []
            }
            let answer = try AgentAnswer(Array(unread[..<(end + blank.count)]))
            guard answer.code == 200 else {
                throw StatusConnection.Problem(message: "it answers \"\(answer.statusLine)\"")
            }
            unread.removeFirst(end + blank.count)
            isInBody = true
        }
        var lines: [String] = []
        var start = 0
        for index in unread.indices where unread[index] == UInt8(ascii: "\n") {
            lines.append(String(decoding: unread[start..<index], as: UTF8.self))
            start = index + 1
        }
        unread.removeFirst(start)
        try checkLength()
        return lines
    }

    /// Takes note that the connection has ended.
    func finish() throws(StatusConnection.Problem) {
        guard isInBody else { throw StatusConnection.Problem(message: "no HTTP answer") }
    }

    private func checkLength() throws(StatusConnection.Problem) {
        guard unread.count <= Self.maximumBytes else {
            throw StatusConnection.Problem(message: "a line of the answer is too long")
        }
    }
}
