// SPDX-License-Identifier: Apache-2.0

import CLinux
package import HealthModel

/// Reads the process table from `/proc` and the state of units from the control groups: version 2, or systemd's own hierarchy of
/// version 1 on an older system.
///
/// One pass over `/proc` serves all names. It reads two small files per process, of at most 131,072 processes.
package struct SystemProcessScan: ProcessScan {
    private let files: any FileLayer
    private let processes: String
    private let groups: String
    /// How long after boot it is, and what the calendar shows, in nanoseconds.
    private let clocks: @Sendable () -> (sinceBoot: Int64, calendar: Int64)

    private static let mostProcesses = 131_072
    /// Most of a command line that is read; its first word decides.
    private static let mostCommandLine = 1 << 20
    /// The kernel keeps that many bytes of a name (TASK_COMM_LEN less one).
    private static let keptName = 15
    /// How much later than its file a process may seem to have started: rounding, and small steps of the clock.
    private static let slack: Int64 = 60_000_000_000
    private static let ticksPerSecond: Int64 = 100

    /// - Parameters:
    ///   - files: where `/proc` and the control groups are found.
    ///   - processes: where procfs is mounted.
    ///   - groups: where the control groups are mounted.
    ///   - clocks: CLOCK_BOOTTIME and CLOCK_REALTIME by default.
    package init(
        files: any FileLayer = SystemFiles(),
        processes: String = "/proc",
        groups: String = "/sys/fs/cgroup",
        clocks: @escaping @Sendable () -> (sinceBoot: Int64, calendar: Int64) = {
            (clinux_boottime_ns(), clinux_realtime_ns())
        }
    ) {
        self.files = files
        self.processes = processes
        self.groups = groups
        self.clocks = clocks
    }

    package func results(for selectors: [ProcessSelector]) -> [SurveyResult] {
        let names = Set(selectors.compactMap { if case .name(let name) = $0 { name } else { nil } })
        let found = names.isEmpty ? [:] : count(names)
        return selectors.map { selector in
            switch selector {
            case .name(let name): found[name] ?? .unknown("the process table was not read")
            case .numberFile(let path): process(ofFile: path)
            case .unit(let unit): state(ofUnit: unit)
            }
        }
    }

    // MARK: By name

    private func count(_ names: Set<String>) -> [String: SurveyResult] {
        let entries: [String]
        do {
            entries = try files.entries(of: processes, limit: Self.mostProcesses)
        } catch {
            return Dictionary(uniqueKeysWithValues: names.map { ($0, .unknown("cannot read \(error)")) })
        }
        var ids: [String: [Int32]] = [:]
        for id in entries.compactMap({ Int32($0) }).sorted() where id > 0 {
            for name in matched(by: id, among: names) { ids[name, default: []].append(id) }
        }
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                guard let ids = ids[name] else { return (name, nothing(called: name)) }
                return (name, .running(count: ids.count, ids: Array(ids.prefix(SurveyResult.mostIDs))))
            }
        )
    }

    /// Nobody by that name, unless the processes of others are hidden from us (mount option `hidepid`, ProtectProc=).
    private func nothing(called name: String) -> SurveyResult {
        guard (try? files.metadata(of: "\(processes)/1")) != nil else {
            return .unknown("\(processes) hides the processes of other users (hidepid, or ProtectProc= of the service)")
        }
        return .absent("no process is called \(name)")
    }

    /// Which of `names` a process has; none when it has ended.
    private func matched(by id: Int32, among names: Set<String>) -> [String] {
        guard let status = status(of: id), !status.hasEnded else { return [] }
        let whole = firstWord(of: id)
        let base = whole.flatMap { $0.split(separator: "/").last.map(String.init) }
        return names.filter { name in
            if name.contains("/") { return whole == name }
            // The kernel's name is cut, so a long one needs the command line, too.
            return base == name || name.utf8.count <= Self.keptName && status.name == name
        }
    }

    private func status(of id: Int32) -> ProcessStatus? {
        (try? files.read("\(processes)/\(id)/stat", limit: 4_096)).flatMap { ProcessStatus($0.bytes) }
    }

    /// What the process was started as; nil for a kernel thread.
    private func firstWord(of id: Int32) -> String? {
        guard let file = try? files.read("\(processes)/\(id)/cmdline", limit: Self.mostCommandLine) else { return nil }
        let word = file.bytes.prefix { $0 != 0 }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    // MARK: By file

    private func process(ofFile path: String) -> SurveyResult {
        let contents: FileContents
        do {
            contents = try files.read(path, limit: 4_096)
        } catch {
            guard case .system(let cause) = error.cause, cause.code != 2 else {
                return .absent("there is no readable file: \(error)")
            }
            return .unknown("cannot read \(error)")
        }
        let text = String(decoding: contents.bytes, as: UTF8.self)
        guard let word = text.split(whereSeparator: \.isWhitespace).first, let id = Int32(word), id > 0 else {
            return .absent("\(path) holds no process number")
        }
        guard let status = status(of: id) else { return .absent("process \(id) of \(path) is gone") }
        guard !status.hasEnded else { return .absent("process \(id) of \(path) has ended and was not reaped") }
        let (sinceBoot, calendar) = clocks()
        let startedAt = calendar - sinceBoot + Int64(clamping: status.startTime) * (1_000_000_000 / Self.ticksPerSecond)
        guard startedAt <= contents.metadata.modifiedAt.nanosecondsSinceEpoch + Self.slack else {
            return .absent(
                "process \(id) of \(path) started after the file was written: its number was given out again"
            )
        }
        return .running(count: 1, ids: [id])
    }

    // MARK: By unit

    /// What a unit's control group says of its processes.
    private enum Population {
        case some
        case none
        /// There is no such control group.
        case missing
    }

    /// Asks the hierarchy that systemd keeps its units in: the only one (version 2), the second one beside version 1 ("hybrid"),
    /// or the named one of version 1 ("legacy").
    private func state(ofUnit unit: String) -> SurveyResult {
        let unified = [groups, "\(groups)/unified"].first { exists("\($0)/cgroup.controllers") }
        let named = "\(groups)/systemd"
        guard unified != nil || exists("\(named)/cgroup.procs") else {
            return .unknown("\(groups) has no control groups that systemd could keep its units in")
        }
        for group in Self.groups(of: unit) {
            do {
                switch try unified.map({ try population(of: "\($0)/\(group)") }) ?? members(of: "\(named)/\(group)") {
                case .some: return .running(count: 1, ids: [])
                case .none: return .absent("unit \(unit) has no process")
                case .missing: continue
                }
            } catch {
                return .unknown("cannot read \(error)")
            }
        }
        return .absent("unit \(unit) does not run: it has no control group")
    }

    private func exists(_ path: String) -> Bool { (try? files.metadata(of: path)) != nil }

    /// Version 2 tells of all groups below, too.
    private func population(of group: String) throws(FileError) -> Population {
        guard let bytes = try contents("\(group)/cgroup.events") else { return .missing }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        return lines.contains { $0.elementsEqual("populated 1".utf8) } ? .some : .none
    }

    /// Version 1 has a list of processes in each group, so the groups below are asked one by one.
    private func members(of group: String) throws(FileError) -> Population {
        guard let bytes = try contents("\(group)/cgroup.procs") else { return .missing }
        if !bytes.isEmpty { return .some }
        var unread = [group]
        var count = 0
        while let directory = unread.popLast(), count < Self.mostGroups {
            count += 1
            for name in (try? files.entries(of: directory, limit: Self.mostGroups)) ?? [] {
                let path = "\(directory)/\(name)"
                guard (try? files.metadata(of: path))?.kind == .directory else { continue }
                if let bytes = try contents("\(path)/cgroup.procs"), !bytes.isEmpty { return .some }
                unread.append(path)
            }
        }
        return .none
    }

    /// The bytes of a small file of a control group; nil when the group is not there, or goes while it is read.
    private func contents(_ path: String) throws(FileError) -> [UInt8]? {
        do {
            return try files.read(path, limit: Self.mostMembers).bytes
        } catch {
            if case .system(let cause) = error.cause, cause.code == 2 || cause.code == 20 || cause.code == 19 {
                return nil
            }
            throw error
        }
    }

    /// Most groups of one unit that are looked at.
    private static let mostGroups = 1_024
    /// Most bytes of a list of processes.
    private static let mostMembers = 1 << 20

    /// Where systemd puts a system unit that names no slice of its own (systemd.special(7), system.slice).
    private static func groups(of unit: String) -> [String] {
        guard let at = unit.firstIndex(of: "@"), unit[at...].count > 1 else { return ["system.slice/\(unit)"] }
        let prefix = unit[..<at].split(separator: "-", omittingEmptySubsequences: false).joined(separator: #"\x2d"#)
        return ["system.slice/system-\(prefix).slice/\(unit)", "system.slice/\(unit)"]
    }
}
