// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import ProbeConfig

/// How `bellwether probe` prints.
package enum ProbeFormat: String, CaseIterable, Sendable {
    /// A few lines, for people.
    case text
    /// One object.
    case json
}

/// `bellwether probe`: one probe now, with its phases.
package struct SingleProbe {
    /// What is probed.
    package enum Subject: Hashable, Sendable {
        /// A probe of the configuration, by name.
        case configured(String, ConfigurationLocation)
        case http(String)
        case tcp(String)
        case webSocket(String)
        /// The address of a gRPC server, the service, and whether TLS is spoken.
        case grpc(String, service: String, tls: Bool)
        case script([String])
    }

    private let subject: Subject
    private let timeout: String?
    private let format: ProbeFormat

    /// - Parameters:
    ///   - subject: what is probed.
    ///   - timeout: as the configuration writes it; nil = the probe's own.
    ///   - format: how to print.
    package init(subject: Subject, timeout: String?, format: ProbeFormat) {
        self.subject = subject
        self.timeout = timeout
        self.format = format
    }

    /// Probes and prints; gives the verdict.
    package func run() -> CommandStatus {
        do throws(Refusal) {
            let spec = try self.spec()
            let outcome: Outcome
            do throws(SystemError) {
                guard let only = try SingleRound.outcomes(of: [spec]).first else { preconditionFailure("no outcome") }
                outcome = only
            } catch {
                throw Refusal(.software, "bellwether: cannot start: \(error)")
            }
            let report = OutcomeReport(spec: spec, outcome: outcome, time: SystemKernel.calendarTime)
            StandardOutput.print(format == .json ? report.json : report.text)
            return CommandStatus(outcome.verdict)
        } catch {
            StandardError.print(error.message)
            return error.status
        }
    }

    private func spec() throws(Refusal) -> ProbeSpec {
        var spec = try configuredSpec()
        if let timeout {
            let allowed = Duration.milliseconds(1)...Duration.seconds(604_800)
            guard let duration = Duration(configurationText: timeout), allowed.contains(duration) else {
                throw Refusal(.usage, "bellwether: --timeout: \"\(timeout)\" is not a duration (use 500ms, 5s, 2m)")
            }
            spec.timeout = duration
        }
        return spec
    }

    private func configuredSpec() throws(Refusal) -> ProbeSpec {
        switch subject {
        case .configured(let name, let location):
            switch ConfigurationReader(files: SystemFiles()).read(location) {
            case .rejected(let report): throw Refusal(.configuration, report.text)
            case .accepted(let accepted):
                guard let spec = accepted.configuration.probes.first(where: { $0.name.text == name }) else {
                    throw Refusal(.usage, "bellwether: no probe is called \(name)")
                }
                return spec
            }
        case .http(let text):
            do throws(HTTPURL.Problem) {
                return Self.spec(.http(HTTPProbe(url: try HTTPURL(text), connection: .fresh)))
            } catch {
                throw Refusal(.usage, "bellwether: --http: \(error.message)")
            }
        case .tcp(let text):
            do throws(HostPort.Problem) {
                return Self.spec(.tcp(TCPProbe(address: try HostPort(text))))
            } catch {
                throw Refusal(.usage, "bellwether: --tcp: \(error.message)")
            }
        case .webSocket(let text):
            do throws(HTTPURL.Problem) {
                return Self.spec(.webSocket(WebSocketProbe(url: try WebSocketURL(text))))
            } catch {
                throw Refusal(.usage, "bellwether: --websocket: \(error.message)")
            }
        case .grpc(let text, let service, let tls):
            do throws(HostPort.Problem) {
                let address = try HostPort(text)
                return Self.spec(.grpc(GRPCProbe(address: address, service: service, tls: tls ? TLSSettings() : nil)))
            } catch {
                throw Refusal(.usage, "bellwether: --grpc: \(error.message)")
            }
        case .script(let command):
            guard command.first?.hasPrefix("/") == true else {
                throw Refusal(.usage, "bellwether: --script: name the program by its absolute path")
            }
            return Self.spec(.script(ScriptProbe(command: command)))
        }
    }

    private static func spec(_ probe: Probe) -> ProbeSpec {
        guard let name = TargetName("probe") else { preconditionFailure("\"probe\" is a legal name") }
        return ProbeSpec(name: name, probe: probe)
    }

    /// Why nothing was probed.
    private struct Refusal: Error {
        let status: CommandStatus
        let message: String

        init(_ status: CommandStatus, _ message: String) {
            self.status = status
            self.message = message
        }
    }
}

extension CommandStatus {
    /// The exit code of a verdict, as a Nagios plugin's.
    init(_ verdict: Verdict) {
        switch verdict {
        case .healthy: self = .healthy
        case .degraded: self = .degraded
        case .unhealthy: self = .unhealthy
        case .unknown: self = .unknown
        }
    }
}
