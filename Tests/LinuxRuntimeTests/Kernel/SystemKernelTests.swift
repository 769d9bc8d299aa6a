// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Testing

@Suite("SystemKernel")
struct SystemKernelTests {
    @Test("a write to a connection that the peer has closed is an error and not the process's end")
    func closedConnection() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            var ends: [CInt] = [0, 0]
            precondition(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0, "no sockets")
            close(ends[0])
            let result = try SystemKernel().write(ends[1], [1])
            guard case .failed(let error) = result else { preconditionFailure("\(result)") }
            precondition(error.code == EPIPE, "\(error)")
        }
    }

    @Test("a write to a program that has closed its input is an error and not the process's end")
    func closedPipe() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            _ = try SystemProcessSpawner()
            var ends: [CInt] = [0, 0]
            precondition(pipe(&ends) == 0, "no pipe")
            close(ends[0])
            let result = try SystemKernel().write(ends[1], [1])
            guard case .failed(let error) = result else { preconditionFailure("\(result)") }
            precondition(error.code == EPIPE, "\(error)")
        }
    }
}
