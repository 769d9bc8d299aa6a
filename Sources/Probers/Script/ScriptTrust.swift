// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Says whether a program may be executed: only when nobody but root and the agent's user could have put it there.
///
/// The file must belong to one of the two and be writable by nobody else, and so must its directory and every directory above;
/// those above may be writable by all when they are sticky, as /tmp is. Both the path as it is written and the one that
/// symbolic links lead to are looked at, at load and before each run. A script that is changed between that look and its
/// execution was changed by root or by the agent's user.
package struct ScriptTrust {
    /// Why a program may not be executed.
    package struct Violation: Hashable, Sendable {
        /// One line for people.
        package let message: String
        /// What the system said, when it did.
        package let error: SystemError?
    }

    private let files: any FileLayer
    /// The number of the agent's user.
    package let user: UInt32

    /// - Parameters:
    ///   - files: the file system.
    ///   - user: the number of the agent's user.
    package init(files: any FileLayer, user: UInt32) {
        self.files = files
        self.user = user
    }

    /// Why the program at `path` may not be executed; nil when it may.
    package func violation(path: String) -> Violation? {
        do {
            return try message(path: path).map { Violation(message: $0, error: nil) }
        } catch {
            guard case .system(let systemError) = error.cause else {
                return Violation(message: "cannot run \(error)", error: nil)
            }
            return Violation(message: "cannot run \(error)", error: systemError)
        }
    }

    /// What tells the program at `path` from another that took its place; nil when there is none.
    func version(of path: String) -> FileMetadata? {
        try? files.metadata(of: path)
    }

    /// Says why starting failed; the system's text alone cannot tell a missing script from a missing interpreter.
    func explain(_ failure: SpawnFailure, of probe: ScriptProbe) -> ScriptObstacle {
        let path = probe.command[0]
        let text = failure.error.text
        return switch failure.kind {
        case .ours:
            .ours(
                "cannot start a process: \(text)",
                failure.error,
                problem: failure.error.problem ?? .processes
            )
        case .directory: .program("cannot enter the directory \(probe.directory): \(text)", failure.error)
        case .user: .ours("the agent may not run programs as \(probe.user ?? "another user"): \(text)", failure.error)
        case .program where failure.error.code == 2 && (try? files.metadata(of: path)) != nil:
            .program("cannot run \(path): its interpreter does not exist", failure.error)
        case .program: .program("cannot run \(path): \(text)", failure.error)
        }
    }

    private func message(path: String) throws(FileError) -> String? {
        guard path.hasPrefix("/") else { return "\(path) is not an absolute path" }
        let canonical = try files.canonicalPath(of: path)
        if let message = try message(ofFile: canonical) { return message }
        let chains = [Self.directories(above: canonical), Self.directories(above: path)]
        for chain in chains {
            if let nearest = chain.first, let message = try message(ofDirectory: nearest, mayBeSticky: false) {
                return message
            }
        }
        for directory in Set(chains.joined()).sorted() {
            if let message = try message(ofDirectory: directory, mayBeSticky: true) { return message }
        }
        return nil
    }

    private func message(ofFile path: String) throws(FileError) -> String? {
        let file = try files.metadata(of: path)
        guard file.kind == .regular else { return "\(path) is a \(file.kind.rawValue), not a program" }
        guard isTrusted(file.owner) else {
            return "\(path) belongs to user \(file.owner), not to root or the agent's user"
        }
        guard !file.isWritableByOthers else {
            return "\(path) can be changed by others than its owner (mode \(Self.octal(file.permissions)))"
        }
        return nil
    }

    private func message(ofDirectory path: String, mayBeSticky: Bool) throws(FileError) -> String? {
        let directory = try files.metadata(of: path)
        guard isTrusted(directory.owner) else {
            return "the directory \(path) belongs to user \(directory.owner), not to root or the agent's user"
        }
        guard !directory.isWritableByOthers || (directory.isSticky && mayBeSticky) else {
            return
                "the directory \(path) can be changed by others than its owner (mode \(Self.octal(directory.permissions)))"
        }
        return nil
    }

    private func isTrusted(_ owner: UInt32) -> Bool { owner == 0 || owner == user }

    private static func octal(_ permissions: UInt32) -> String {
        let digits = String(permissions, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The directories on the way to a file, the nearest first.
    private static func directories(above path: String) -> [String] {
        let names = path.split(separator: "/").dropLast()
        return (0...names.count).reversed().map { "/" + names.prefix($0).joined(separator: "/") }
    }
}
