// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime
import Synchronization

/// Answers at once, fails for names that begin with `bad`, and hangs for names that begin with `stuck` until released.
final class ScriptedLookUp: NameLookUp {
    static let address = SocketAddress(bytes: [10, 0, 0, 1], port: 0)

    private let names = Mutex<[String]>([])
    private let gate: (read: CInt, write: CInt)
    private let onEnd: @Sendable ([String]) -> Void

    /// - Parameter onEnd: is told, when the last thread has let go, which names were looked up.
    init(onEnd: @escaping @Sendable ([String]) -> Void = { _ in }) {
        self.onEnd = onEnd
        var ends: [CInt] = [0, 0]
        precondition(pipe(&ends) == 0, "no pipe: errno \(errno)")
        gate = (ends[0], ends[1])
    }

    deinit {
        close(gate.read)
        onEnd(begun)
    }

    /// The names that were looked up, in the order they began.
    var begun: [String] { names.withLock(\.self) }

    /// Lets everything that hangs, or will, go on; once.
    func release() {
        close(gate.write)
    }

    func addresses(of name: String) throws(ResolutionFailure) -> [SocketAddress] {
        names.withLock { $0.append(name) }
        if name.hasPrefix("stuck") {
            var byte: UInt8 = 0
            _ = read(gate.read, &byte, 1)
        }
        if name.hasPrefix("bad") { throw ResolutionFailure(kind: .temporary, message: "try again") }
        return [Self.address]
    }
}
