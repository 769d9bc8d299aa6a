// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A whole answer of a running agent, taken apart; pure.
struct AgentAnswer {
    let code: Int
    let statusLine: String
    let body: [UInt8]

    /// Takes HTTP/1 bytes apart that end with the connection.
    init(_ bytes: [UInt8]) throws(StatusConnection.Problem) {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard let end = bytes.indices.first(where: { bytes[$0] == 13 && bytes[$0...].starts(with: blank) }) else {
            throw StatusConnection.Problem(message: "no HTTP answer")
        }
        statusLine = String(decoding: bytes.prefix { $0 != 13 }, as: UTF8.self)
        guard let code = statusLine.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw StatusConnection.Problem(message: "no HTTP answer")
        }
        self.code = code
        body = Array(bytes[(end + blank.count)...])
    }

    /// The body as a document.
    func document<Document: Decodable>(_ type: Document.Type) throws(StatusConnection.Problem) -> Document {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw StatusConnection.Problem(message: "it is not the answer of a bellwether agent")
        }
    }
}

/// The agent's error document.
struct AgentError: Decodable {
    var message: String
    var code: Int
    var diagnostics: [ReloadDocument.Entry]?
}
