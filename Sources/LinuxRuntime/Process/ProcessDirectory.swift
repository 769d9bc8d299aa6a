// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads what `/proc` says about processes.
///
/// Everything here is a snapshot: a process may end, fork or be replaced between two calls.
struct ProcessDirectory {
    private let files: any FileLayer
    private let root: String

    init(files: any FileLayer = SystemFiles(), root: String = "/proc") {
        self.files = files
        self.root = root
    }

    /// The children of a process: those of all its threads.
    ///
    /// The kernel lists them in `task/*/children` where it was built with CONFIG_PROC_CHILDREN, as Debian's is; elsewhere
    /// every process is asked for its parent.
    func children(of parent: ProcessID) -> [ProcessID] {
        let tasks = "\(root)/\(parent)/task"
        guard let threads = try? files.entries(of: tasks, limit: Self.processLimit) else { return [] }
        var children: [ProcessID] = []
        for thread in threads {
            do {
                let file = try files.read("\(tasks)/\(thread)/children", limit: 1 << 20)
                children += Self.numbers(in: file.bytes)
            } catch  where isMissing(tasks) || isMissing("\(tasks)/\(thread)") {
                continue
            } catch {
                return childrenByParent(parent)
            }
        }
        return children
    }

    /// What is known of a process; nil when there is none.
    func facts(of process: ProcessID) -> ProcessFacts? {
        guard let status = status(of: process) else { return nil }
        return ProcessFacts(
            identity: ProcessIdentity(id: process, startTime: status.startTime),
            parent: status.parent,
            session: status.session,
            isZombie: status.hasEnded,
            hasNoNewPrivileges: hasNoNewPrivileges(process),
            marker: marker(of: process)
        )
    }

    /// The children of a process, found by asking every process for its parent.
    func childrenByParent(_ parent: ProcessID) -> [ProcessID] {
        guard let names = try? files.entries(of: root, limit: Self.processLimit) else { return [] }
        return names.compactMap { name in
            guard let number = Int32(name), number > 0 else { return nil }
            guard let status = status(of: ProcessID(number)), status.parent == parent.number else { return nil }
            return status.id
        }
    }

    private func status(of process: ProcessID) -> ProcessStatus? {
        guard let file = try? files.read("\(root)/\(process)/stat", limit: 4_096) else { return nil }
        return ProcessStatus(file.bytes)
    }

    private func hasNoNewPrivileges(_ process: ProcessID) -> Bool {
        guard let file = try? files.read("\(root)/\(process)/status", limit: 64 * 1_024) else { return false }
        let lines = file.bytes.split(separator: UInt8(ascii: "\n"))
        return lines.contains { $0.elementsEqual("NoNewPrivs:\t1".utf8) }
    }

    private func marker(of process: ProcessID) -> RunMarker? {
        guard let file = try? files.read("\(root)/\(process)/environ", limit: 8 << 20) else { return nil }
        let prefix = Array("\(RunMarker.variable)=".utf8)
        let variable = file.bytes.split(separator: 0).first { $0.starts(with: prefix) }
        return variable.map { RunMarker(text: String(decoding: $0.dropFirst(prefix.count), as: UTF8.self)) }
    }

    private func isMissing(_ path: String) -> Bool {
        (try? files.metadata(of: path)) == nil
    }

    private static let processLimit = 1 << 22

    private static func numbers(in bytes: [UInt8]) -> [ProcessID] {
        bytes.split(separator: UInt8(ascii: " ")).compactMap { word in
            guard let number = Int32(String(decoding: word, as: UTF8.self)), number > 0 else { return nil }
            return ProcessID(number)
        }
    }
}
