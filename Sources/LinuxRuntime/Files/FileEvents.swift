// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What is heard of changes in directories.
///
/// The seam behind which `SystemFileEvents` or, in a test, a script stands. An event only says that it is worth a look: some are lost,
/// and network file systems never tell what another machine did.
package protocol FileEvents: Sendable {
    /// Listens to exactly these directories, and in each to the names of its selection, from now on.
    ///
    /// - Parameter directories: by path; a path that is a symbolic link stands for the directory that it leads to.
    /// - Returns: the directories that cannot be listened to, with why.
    func watch(_ directories: [String: NameSelection]) -> [String: SystemError]

    /// Takes what was heard, without waiting, oldest first; what is more than a bounded part is left for the next call.
    func take() -> [FileEvent]
}

/// Something that happened in a directory that is listened to.
package enum FileEvent: Hashable, Sendable {
    /// The file was written to and is still open; ``changed(_:)`` follows when it is closed.
    case writing(WatchedEntry)
    /// The entry came, went, was closed after writing, or changed its owner or permissions.
    case changed(WatchedEntry)
    /// A directory that was listened to is gone or elsewhere, or events were lost: anything may have happened.
    case lost
}

/// An entry of a directory that is listened to.
package struct WatchedEntry: Hashable, Sendable {
    /// The number of the directory, the same for the same one as long as it is listened to.
    package let directory: Int32
    package let name: String

    package init(directory: Int32, name: String) {
        self.directory = directory
        self.name = name
    }
}
