// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport

/// A real redis-server without any file; `stop` it, or it stays.
struct RedisServer {
    let port: UInt16
    private let program: Program

    struct DidNotStart: Error {}

    /// Redis takes no port from the kernel, so one that was free is tried, a few times.
    init() throws {
        for _ in 0..<10 {
            let (descriptor, port) = LocalSocket.bound(backlog: nil)
            close(descriptor)
            let program = Program(
                ["redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
            )
            while let line = program.readLine() {
                guard line.contains("Ready to accept connections") else { continue }
                self.port = port
                self.program = program
                return
            }
            program.stop()
        }
        throw DidNotStart()
    }

    func stop() {
        program.stop()
    }
}
