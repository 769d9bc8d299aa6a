// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An HTTP server that a test makes well and ill.
final class Target: Sendable {
    private let server: ScriptedServer
    private let state: State

    init() {
        let state = State()
        self.state = state
        server = ScriptedServer { connection in
            while !connection.readRequest().isEmpty {
                let status = state.isUp.load(ordering: .relaxed) ? "200 OK" : "503 Service Unavailable"
                connection.write("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
            }
        }
    }

    var port: UInt16 { server.port }

    func goDown() { state.isUp.store(false, ordering: .relaxed) }

    func comeBack() { state.isUp.store(true, ordering: .relaxed) }

    private final class State: Sendable {
        let isUp = Atomic<Bool>(true)
    }
}
