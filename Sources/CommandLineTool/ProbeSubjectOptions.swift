// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// What `bellwether probe` probes: a probe of the configuration, or one that the options describe.
struct ProbeSubjectOptions: ParsableArguments {
    @Argument(help: "A probe of the configuration.")
    var name: String?

    @Option(help: ArgumentHelp("Get this URL.", valueName: "url"))
    var http: String?

    @Option(help: ArgumentHelp("Connect to this address.", valueName: "host:port"))
    var tcp: String?

    @Option(help: ArgumentHelp("Ask the gRPC health service at this address.", valueName: "host:port"))
    var grpc: String?

    @Option(help: ArgumentHelp("With --grpc: the service (default: the server as a whole).", valueName: "name"))
    var service: String?

    @Option(help: ArgumentHelp("Open a WebSocket at this URL.", valueName: "url"))
    var websocket: String?

    @Option(
        defaultAsFlag: "",
        help: ArgumentHelp(
            "Look at the certificate at this address; without a value, with --grpc: speak TLS.",
            valueName: "host:port"
        )
    )
    var tls: String?

    @Option(
        help: ArgumentHelp(
            "With --tls: ask for TLS in this protocol first: smtp, imap, pop3, postgres.",
            valueName: "protocol"
        )
    )
    var starttls: String?

    @Option(help: ArgumentHelp("With --tls: the name that the certificate must be for.", valueName: "host"))
    var serverName: String?

    @Option(help: ArgumentHelp("Ask a DNS server for this name.", valueName: "name"))
    var dns: String?

    @Option(help: ArgumentHelp("With --dns: the kind of record (default A).", valueName: "type"))
    var type: String?

    @Option(help: ArgumentHelp("With --dns: the server (default: the system's first).", valueName: "host[:port]"))
    var server: String?

    @Option(help: ArgumentHelp("Send a datagram to this address; with --send and --expect.", valueName: "host:port"))
    var udp: String?

    @Option(help: ArgumentHelp("With --udp: what is sent.", valueName: "text"))
    var send: String?

    @Option(help: ArgumentHelp("With --udp: a regular expression for the answer.", valueName: "expression"))
    var expect: String?

    @Option(help: ArgumentHelp("Send an echo request to this host.", valueName: "host"))
    var icmp: String?

    @Option(help: ArgumentHelp("Look for a process of this name or path.", valueName: "name"))
    var process: String?

    @Option(
        parsing: .remaining,
        help: ArgumentHelp(
            "Run this program, by absolute path; the rest of the line are its arguments.",
            valueName: "command"
        )
    )
    var script: [String] = []

    /// Refuses none or several subjects, and options without the one they belong to.
    func check() throws {
        let address = tls.flatMap { $0.isEmpty ? nil : $0 }
        let subjects = [name, http, tcp, grpc, websocket, address, dns, udp, icmp, process, script.first]
        guard subjects.compactMap(\.self).count == 1 else {
            throw ValidationError(
                """
                name exactly one of NAME, --http, --tcp, --grpc, --websocket, --tls, --dns, --udp, --icmp, --process and \
                --script
                """
            )
        }
        guard grpc != nil || (service == nil && tls != "") else {
            throw ValidationError("--service, and --tls without an address, belong to --grpc")
        }
        guard address != nil || (starttls == nil && serverName == nil) else {
            throw ValidationError("--starttls and --server-name belong to --tls")
        }
        guard dns != nil || (type == nil && server == nil) else {
            throw ValidationError("--type and --server belong to --dns")
        }
        guard (udp != nil) == (send != nil), (udp != nil) == (expect != nil) else {
            throw ValidationError(
                "--udp, --send and --expect belong together: without an answer a datagram proves nothing"
            )
        }
    }

    /// The one that was named; to be asked after ``check()``.
    func subject(in location: ConfigurationLocation) -> SingleProbe.Subject {
        if let name { return .configured(name, location) }
        return .adHoc(AdHocProbe(kind, settings))
    }

    private var kind: String {
        if http != nil { return "http" }
        if tcp != nil { return "tcp" }
        if grpc != nil { return "grpc" }
        if websocket != nil { return "websocket" }
        if tls != nil { return "tls" }
        if dns != nil { return "dns" }
        if udp != nil { return "udp" }
        if icmp != nil { return "icmp" }
        if process != nil { return "process" }
        return "script"
    }

    private var settings: [AdHocProbe.Setting] {
        var settings: [AdHocProbe.Setting] = []
        let set = { (key: String, option: String, value: String?) in
            if let value { settings.append(AdHocProbe.Setting(key, from: option, .text(value))) }
        }
        set("url", "--http", http)
        // What a person sees is then always a whole probe, with connecting and TLS.
        if http != nil { set("connection", "--http", "fresh") }
        set("address", "--tcp", tcp)
        set("address", "--grpc", grpc)
        set("service", "--service", service)
        if grpc != nil, tls != nil { settings.append(AdHocProbe.Setting("tls", from: "--tls", .truth)) }
        set("url", "--websocket", websocket)
        if grpc == nil { set("address", "--tls", tls) }
        set("starttls", "--starttls", starttls)
        set("server_name", "--server-name", serverName)
        set("name", "--dns", dns)
        set("type", "--type", type)
        set("server", "--server", server)
        set("address", "--udp", udp)
        set("send", "--send", send)
        set("expect", "--expect", expect)
        set("address", "--icmp", icmp)
        set("name", "--process", process)
        if !script.isEmpty { settings.append(AdHocProbe.Setting("command", from: "--script", .texts(script))) }
        return settings
    }
}
