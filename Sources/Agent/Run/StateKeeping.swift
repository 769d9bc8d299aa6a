// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Logging
import StateStore

/// The agent's state across restarts: where it is, what the log hears of it, and how long it is waited for.
///
/// Nothing that goes wrong with it keeps the agent from starting, probing or ending.
struct StateKeeping {
    /// Where state is kept when nothing else is said.
    static let usualDirectory = "/var/lib/bellwether"
    /// How long the start waits for the state of the run before.
    private static let patience = Duration.seconds(5)

    let store: StateStore
    private let directory: String
    private let logger: Logger

    /// Nil where none is to be kept, or nothing can be.
    init?(_ location: StateLocation, kernel: SystemKernel, logger: Logger) {
        guard let directory = Self.directory(location, ProcessEnvironment.value(of:)) else { return nil }
        let boot = BootID.current()
        do throws(SystemError) {
            store = try StateStore(
                medium: StateDirectory(path: directory, clock: { kernel.now }),
                now: { SaveStamp(wall: kernel.wallTime, instant: kernel.now, boot: boot) },
                report: { Self.log($0, logger) }
            )
        } catch {
            logger.warning("no state is kept: \(error)")
            return nil
        }
        self.directory = directory
        self.logger = logger
    }

    /// The directory that a setting means; nil for none.
    static func directory(_ location: StateLocation, _ environment: (String) -> String?) -> String? {
        switch location {
        case .none: nil
        case .directory(let path): path
        case .usual:
            // The service manager separates several by colons; ours is the first.
            environment("STATE_DIRECTORY")?.split(separator: ":").first.map(String.init) ?? usualDirectory
        }
    }

    /// What the run before has left; nil when there is nothing, or it cannot be had in time.
    func restore() -> SavedState? {
        let saved: SavedState?
        do throws(SystemError) { saved = try store.start(within: Self.patience) } catch {
            logger.warning("no state is kept: \(error)")
            return nil
        }
        guard let saved else { return nil }
        if saved.damaged > 0 {
            logger.warning("some of the state is damaged and was left out", metadata: ["entries": "\(saved.damaged)"])
        }
        logger.info("state read", metadata: ["directory": "\(directory)", "targets": "\(saved.targets.count)"])
        return saved
    }

    /// Writes what is left.
    func stop() {
        guard store.stop(within: Self.patience) else {
            return logger.warning("the last of the state is not written", metadata: ["directory": "\(directory)"])
        }
    }

    private static func log(_ event: StateStore.Event, _ logger: Logger) {
        switch event {
        // A problem of the agent's, which is told with the others.
        case .lost, .found: break
        case .setAside(let path): logger.error("the state was damaged and is put aside", metadata: ["file": "\(path)"])
        }
    }
}
