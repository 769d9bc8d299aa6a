// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether probe`: one probe now.
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Run one probe now and show its phases; exits 0, 1, 2 or 3 as a Nagios plugin does."
    )

    @OptionGroup var location: ConfigurationOptions

    @Argument(help: "A probe of the configuration.")
    var name: String?

    @Option(help: ArgumentHelp("Probe this URL instead.", valueName: "url"))
    var http: String?

    @Option(help: ArgumentHelp("Probe this address instead.", valueName: "host:port"))
    var tcp: String?

    @Option(help: ArgumentHelp("Open a WebSocket at this URL instead.", valueName: "url"))
    var websocket: String?

    @Option(help: ArgumentHelp("Ask the gRPC health service at this address instead.", valueName: "host:port"))
    var grpc: String?

    @Option(help: ArgumentHelp("With --grpc: the service (default: the server as a whole).", valueName: "name"))
    var service: String?

    @Flag(help: "With --grpc: speak TLS.")
    var tls = false

    @Option(
        parsing: .remaining,
        help: ArgumentHelp(
            "Run this program, by absolute path; the rest of the line are its arguments.",
            valueName: "command"
        )
    )
    var script: [String] = []

    @Option(help: "Bound on the whole probe, such as 500ms or 5s (default: the probe's own, or 2s).")
    var timeout: String?

    @Option(help: "text for people, json for programs.")
    var format = ProbeFormat.text

    func validate() throws {
        let subjects = [name, http, tcp, grpc, websocket, script.first].compactMap(\.self)
        guard subjects.count == 1 else {
            throw ValidationError("name exactly one of NAME, --http, --tcp, --grpc, --websocket and --script")
        }
        guard grpc != nil || (service == nil && !tls) else {
            throw ValidationError("--service and --tls belong to --grpc")
        }
    }

    func run() throws {
        let subject: SingleProbe.Subject =
            if let http {
                .http(http)
            } else if let tcp {
                .tcp(tcp)
            } else if let websocket {
                .webSocket(websocket)
            } else if let grpc {
                .grpc(grpc, service: service ?? "", tls: tls)
            } else if let name {
                .configured(name, location.location)
            } else {
                .script(script)
            }
        throw ExitCode(SingleProbe(subject: subject, timeout: timeout, format: format).run().rawValue)
    }
}

extension ProbeFormat: ExpressibleByArgument {}
