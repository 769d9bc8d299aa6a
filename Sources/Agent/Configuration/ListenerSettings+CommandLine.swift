// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension ListenerSettings {
    /// A listener as `--listen` names it: `host:port`, `[::1]:port`, `unix:/path`, `systemd` or `systemd:name`.
    ///
    /// - Throws: what is wrong with the text.
    init(commandLine text: String) throws(ListenArgumentProblem) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/") else {
                throw ListenArgumentProblem(description: "--listen \(text): the socket's path must be absolute")
            }
            self.init(address: .unix(path: path))
            return
        }
        if text == "systemd" {
            self.init(address: .inherited(name: nil))
            return
        }
        if text.hasPrefix("systemd:") {
            let name = text.dropFirst("systemd:".count)
            guard ListenAddress.isSocketName(name) else {
                throw ListenArgumentProblem(description: "--listen \(text): not the name of an inherited socket")
            }
            self.init(address: .inherited(name: String(name)))
            return
        }
        do throws(HostPort.Problem) {
            self.init(address: .tcp(try HostPort(text, allowsPortZero: true)))
        } catch {
            throw ListenArgumentProblem(description: "--listen \(text): \(error.message)")
        }
    }
}

/// Why a text is no address to listen on.
struct ListenArgumentProblem: Error, CustomStringConvertible {
    let description: String
}
