// SPDX-License-Identifier: Apache-2.0

/// The addresses of one test: those of the document, 10.0.0.x, moved to a network of loopback that no other test has.
struct Site {
    /// The first three numbers of every address.
    let network = "127.\(Int.random(in: 1...254)).\(Int.random(in: 0...255))"
    let applicationPort = Port.free()
    let healthPort = Port.free()
    let agentCheckPort = Port.free()
    /// Where the balancer itself listens, on 127.0.0.1.
    let frontPort = Port.free()
    /// Where the balancer says what it thinks of the machines, on 127.0.0.1.
    let adminPort = Port.free()

    /// Moves a block of the document here. `times` and the like come first.
    func place(_ snippet: Snippet.Name, _ replacements: KeyValuePairs<String, String> = [:]) throws -> String {
        var text = try Snippet(snippet).with(replacements)
        let moves = [
            ("10.0.0.", network + "."), ("8080", "\(applicationPort)"), ("9797", "\(healthPort)"),
            ("9798", "\(agentCheckPort)"),
        ]
        for (old, new) in moves {
            text = text.replacing(old, with: new)
        }
        return text
    }

    /// Which machines answer through the balancer, of `count` requests, each on a connection of its own: "11", "12", or "503" …
    func answers(_ count: Int = 6) -> Set<String> {
        Set(
            (0..<count).map { _ in
                guard let answer = HTTPClient.get("/", port: frontPort) else { return "none" }
                return answer.status == 200 ? answer.body : "\(answer.status)"
            }
        )
    }
}
