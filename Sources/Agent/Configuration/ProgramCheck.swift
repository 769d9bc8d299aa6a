// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime
import ProbeConfig
import Probers

/// Says whether the agent will run the programs of script probes, by the rule that it follows before each run.
struct ProgramCheck {
    private let files: any FileLayer
    private let trust: ScriptTrust

    /// - Parameters:
    ///   - files: the file system.
    ///   - user: the number of the agent's user; nil = this process's, or that of the account `bellwether` when root asks.
    init(files: any FileLayer, user: UInt32? = nil) {
        self.files = files
        let own = getuid()
        let installed = own == 0 ? (try? LocalAccounts(files: files).account("bellwether"))?.user : nil
        trust = ScriptTrust(files: files, user: user ?? installed ?? own)
    }

    /// A warning about a program that will not be run as things are.
    ///
    /// Not an error: it may come later, and the probe tells as long as it lacks.
    func warning(about program: NamedFile) -> Diagnostic? {
        guard let message = trust.violation(path: program.path)?.message ?? notExecutable(program.path) else {
            return nil
        }
        return Diagnostic(
            severity: .warning,
            location: program.location,
            keyPath: program.keyPath,
            message: "\(program.keyPath): will not be run: \(message)",
            detail: DiagnosticDetail(.unsafeScript, seen: program.path)
        )
    }

    private func notExecutable(_ path: String) -> String? {
        guard let file = try? files.metadata(of: path), file.permissions & 0o111 == 0 else { return nil }
        return "\(path) is not executable (chmod 755)"
    }
}
