// SPDX-License-Identifier: Apache-2.0

/// The addresses of one test: those of the document, 10.0.0.x, moved to a network of loopback that no other test has.
struct Site {
    /// The first three numbers of every address.
    let network = "127.\(Int.random(in: 1...254)).\(Int.random(in: 0...255))"
    let applicationPort = Site.port()
    let healthPort = Site.port()
    let agentCheckPort = Site.port()
    /// Where a machine's own nginx stands before its application.
    let guardedPort = Site.port()
    /// Where the balancer itself listens, on 127.0.0.1.
    let frontPort = Site.port()
    /// Where the balancer says what it thinks of the machines, on 127.0.0.1.
    let adminPort = Site.port()

    /// Moves a block of the document here, after other replacements.
    ///
    /// - Throws: when one of these has nothing to replace.
    func place(_ snippet: Snippet.Name, _ replacements: KeyValuePairs<String, String> = [:]) throws -> String {
        var text = try Snippet(snippet).with(replacements)
        let moves = [
            ("10.0.0.", network + "."), ("8080", "\(applicationPort)"),
            ("8081", "\(guardedPort)"), ("9797", "\(healthPort)"), ("9798", "\(agentCheckPort)"),
        ]
        for (old, new) in moves {
            text = text.replacing(old, with: new)
        }
        return text
    }

    /// What answers through the balancer, each request on a connection of its own.
    ///
    /// That is the machine's number, the code of another answer than 200, or "none".
    func answers(_ count: Int = 6) -> Set<String> {
        Set(
            (0..<count).map { _ in
                guard let answer = HTTPClient.get("/", port: frontPort) else { return "none" }
                return answer.status == 200 ? answer.body : "\(answer.status)"
            }
        )
    }

    /// A port without any of the numbers that a move looks for.
    private static func port() -> UInt16 {
        while true {
            let port = Port.free()
            if !["8080", "8081", "9797", "9798"].contains(where: "\(port)".contains) { return port }
        }
    }
}
