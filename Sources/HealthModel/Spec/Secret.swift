// SPDX-License-Identifier: Apache-2.0

/// A text that must not be shown: written in the configuration, or kept where the configuration says.
///
/// Every description of it is `***`, its parts' too, so that it cannot get into a log or an answer with a value around it. Only
/// a reference may be told (``reference``), never a content.
package enum Secret: Hashable, Sendable {
    /// The text itself, as written in the configuration.
    case text(String)
    /// An environment variable of the agent, read for every run.
    case environment(String)
    /// A file by its absolute path, read again when it has changed.
    case file(String)
    /// A credential of the service manager: the file of that name in `$CREDENTIALS_DIRECTORY` (systemd.exec(5)).
    case credential(String)

    /// Where the content is kept, in words: `environment variable TOKEN`, `file /run/secrets/t`, `credential db`.
    package var reference: String {
        switch self {
        case .text: "the configuration"
        case .environment(let name): "environment variable \(name)"
        case .file(let path): "file \(path)"
        case .credential(let name): "credential \(name)"
        }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }

    package var debugDescription: String { "***" }

    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
