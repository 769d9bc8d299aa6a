// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// Where the agent takes writing calls when nothing else is said, and where its commands look for it.
///
/// | who | where |
/// |---|---|
/// | a service with `RuntimeDirectory=` | `admin.sock` in that folder, which is `/run/bellwether` for the package's |
/// | anybody with `XDG_RUNTIME_DIR` | `bellwether.sock` there |
/// | all others | `admin.sock` in `bellwether-<uid>`, a folder of the temporary one that only they can enter |
enum AdminSocket {
    /// The service's socket.
    static let installed = "/run/bellwether/admin.sock"

    /// Where an agent of this environment listens.
    ///
    /// - Throws: why there is no safe place.
    static func listening() throws(AdminSocketProblem) -> String {
        if let folder = folder("RUNTIME_DIRECTORY") { return folder + "/admin.sock" }
        if let folder = folder("XDG_RUNTIME_DIR") { return folder + "/bellwether.sock" }
        let folder = privateFolder
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw AdminSocketProblem(description: "\(folder) cannot be made: \(SystemError.last.text)")
        }
        guard isOurs(folder) else {
            throw AdminSocketProblem(description: "\(folder) is not a folder that only this user can enter")
        }
        return folder + "/admin.sock"
    }

    /// Where a command calls the agent: the first place with a socket; the service's when there is none.
    static func calling() -> String { found() ?? installed }

    /// The first place with a socket; nil when there is none.
    static func found() -> String? {
        var places = ["RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"].compactMap(folder).flatMap {
            [$0 + "/admin.sock", $0 + "/bellwether.sock"]
        }
        if isOurs(privateFolder) { places.append(privateFolder + "/admin.sock") }
        return (places + [installed]).first(where: isSocket)
    }

    private static var privateFolder: String {
        let temporary = folder("TMPDIR") ?? "/tmp"
        return "\(temporary)/bellwether-\(getuid())"
    }

    /// A folder that the environment names by its absolute path; of several, as systemd may give, the first.
    private static func folder(_ variable: String) -> String? {
        guard let value = ProcessEnvironment.value(of: variable) else { return nil }
        let first = value.split(separator: ":").first.map(String.init) ?? ""
        var status = stat()
        guard first.hasPrefix("/"), stat(first, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return first
    }

    /// Whether it is a folder, not a link to one, that belongs to this user and that nobody else may enter.
    private static func isOurs(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
        return status.st_uid == getuid() && status.st_mode & 0o077 == 0
    }

    private static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }
}

extension ListenerSettings {
    /// The admin socket: only the agent's own user, and root, may use it.
    static func adminSocket(_ path: String, isOptional: Bool) -> ListenerSettings {
        ListenerSettings(address: .unix(path: path), isAdmin: true, socketMode: 0o600, isOptional: isOptional)
    }
}

/// Why there is no place for the admin socket.
struct AdminSocketProblem: Error, CustomStringConvertible {
    let description: String
}
