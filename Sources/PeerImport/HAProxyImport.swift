// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig

/// Carries the checks of HAProxy's servers over: `server` lines with `check` in `backend` and `listen` sections.
struct HAProxyImport {
    let log: ImportLog

    /// The probes, in the order of servers.
    func probes(_ source: ConfigurationSource) -> [ProbeDraft] {
        let lines = HAProxyLine.read(source, log: log)
        guard log.diagnostics.isEmpty else { return [] }
        let sections = HAProxySection.read(lines, path: source.path, log: log)
        return sections.flatMap { section -> [ProbeDraft] in
            let drafts = section.servers.compactMap { probe($0, section) }
            if drafts.count > 1, let line = section.ownStart {
                log.note(
                    Origin(path: source.path, line: line),
                    "\(section.name) is up while one of its servers is: a group with policy any in bellwether.yaml says so"
                )
            }
            return drafts
        }
    }

    private func probe(_ line: HAProxyLine, _ section: HAProxySection) -> ProbeDraft? {
        guard line.words.count >= 3 else {
            log.error(line.origin, "a server has a name and an address")
            return nil
        }
        var (server, notes) = (HAProxyServer(origin: line.origin), [String]())
        for defaults in section.defaultServer { server.take(defaults.words.dropFirst(), &notes) }
        server.take(line.words.dropFirst(3), &notes)
        let name = "\(section.name)-\(line.words[1])"
        guard server.isChecked else {
            if server.tracks { log.note(line.origin, "\(name): track is not carried (what it tracks is probed)") }
            return nil
        }
        guard !server.isDisabled else {
            log.note(line.origin, "\(name) is disabled, so it is left out")
            return nil
        }
        for note in notes { log.note(line.origin, "\(name): \(note)") }
        guard let target = target(line, server, name) else { return nil }
        var draft = ProbeDraft(name: name, origin: line.origin)
        let timeout = section.checkTimeout ?? server.interval
        guard HAProxyCheck(section: section, server: server, target: target, name: name, log: log).write(to: &draft)
        else {
            return nil
        }
        Pace(
            interval: server.interval,
            timeout: min(timeout, server.interval),
            fall: server.fall,
            rise: server.rise,
            whileDown: server.down,
            whileRising: server.fast
        ).write(to: &draft.body, line.origin, log)
        if server.fast != nil {
            log.note(
                line.origin,
                "\(name): fastinter is carried for a server that is coming up, not for one that is going down"
            )
        }
        if server.isBackup { draft.body["impact"] = .word("degrading") }
        draft.body[mapping: "tags"]["backend"] = .text(section.name)
        return draft
    }

    /// Where the check goes; nil after a note.
    private func target(_ line: HAProxyLine, _ server: HAProxyServer, _ name: String) -> HAProxyCheck.Target? {
        var text = line.words[2]
        for prefix in ["ipv4@", "ipv6@"] where text.hasPrefix(prefix) { text = String(text.dropFirst(prefix.count)) }
        if text.hasPrefix("unix@") || text.hasPrefix("/") {
            return .socket(text.hasPrefix("unix@") ? String(text.dropFirst(5)) : text)
        }
        guard !text.contains("@"), !text.contains("$") else {
            log.note(line.origin, "\(name): the address \(text) is not carried")
            return nil
        }
        let colon = text.lastIndex(of: ":")
        let tail = colon.map { String(text[text.index(after: $0)...]) }
        let written = tail.flatMap { Int($0) }
        // A relative port stands for the client's.
        guard let port = server.port ?? (tail?.hasPrefix("+") == true ? nil : written), (1...65_535).contains(port)
        else {
            log.note(line.origin, "\(name): \(text) has no port to check")
            return nil
        }
        let host =
            server.address
            ?? (written == nil && IPAddressText.bytes(of: text) != nil
                ? text : String(text[..<(colon ?? text.endIndex)]))
        guard !host.isEmpty, host != "*" else {
            log.note(line.origin, "\(name): \(text) has no host to check")
            return nil
        }
        return .address(host: host, port: port)
    }
}
