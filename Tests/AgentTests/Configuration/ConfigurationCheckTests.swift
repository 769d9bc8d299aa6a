// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import Agent

/// The shape that editors and CI read; after a deliberate addition, the texts here grow by it.
@Suite("Configuration check")
struct ConfigurationCheckTests {
    @Test("a diagnostic is written with all its parts, null where nothing is known")
    func json() throws {
        let files = Files([
            "/etc/b/bellwether.yaml": "listen: [{address: '127.0.0.1:9797'}]\n",
            "/etc/b/probes.d/a.yaml": "probes:\n  a: {tcp: 'a:1', intervall: 5s, timeout: 5x}\n",
            "/etc/b/probes.d/b.yaml": "probes:\n  a: {tcp: 'a:1'}\n",
        ])
        guard case .rejected(let report) = Self.read(files) else {
            Issue.record("accepted")
            return
        }
        #expect(
            report.json == #"""
                [
                  {
                    "allowed" : "http, tcp, grpc, websocket, script, dns, udp, icmp, process, tls, interval, timeout, jitter, initial_delay, impact, description, tags, breaker, groups, depends_on, maintenance, retry",
                    "code" : "unknown-key",
                    "column" : 19,
                    "end" : {
                      "column" : 28,
                      "line" : 2
                    },
                    "file" : "/etc/b/probes.d/a.yaml",
                    "hint" : "did you mean \"interval\"?",
                    "key" : "probes.a",
                    "line" : 2,
                    "message" : "probes.a: unknown key \"intervall\" (did you mean \"interval\"?)",
                    "other" : null,
                    "seen" : "intervall",
                    "severity" : "error"
                  },
                  {
                    "allowed" : "1ms to 7d",
                    "code" : "invalid-value",
                    "column" : 43,
                    "end" : {
                      "column" : 45,
                      "line" : 2
                    },
                    "file" : "/etc/b/probes.d/a.yaml",
                    "hint" : "use 500ms, 5s, 2m",
                    "key" : "probes.a.timeout",
                    "line" : 2,
                    "message" : "probes.a.timeout: \"5x\" is not a duration (use 500ms, 5s, 2m)",
                    "other" : null,
                    "seen" : "5x",
                    "severity" : "error"
                  },
                  {
                    "allowed" : null,
                    "code" : "duplicate",
                    "column" : 3,
                    "end" : {
                      "column" : 4,
                      "line" : 2
                    },
                    "file" : "/etc/b/probes.d/b.yaml",
                    "hint" : null,
                    "key" : "probes.a",
                    "line" : 2,
                    "message" : "probes.a is already defined at /etc/b/probes.d/a.yaml:2:3",
                    "other" : {
                      "column" : 3,
                      "file" : "/etc/b/probes.d/a.yaml",
                      "line" : 2
                    },
                    "seen" : null,
                    "severity" : "error"
                  }
                ]
                """#
        )
    }

    @Test("warnings have the same shape, and a program that would not be run has one")
    func warnings() throws {
        let files = Files([
            "/etc/b/bellwether.yaml": "",
            "/etc/b/probes.d/a.yaml": "probes:\n  a: {script: [/opt/check]}\n",
            "/opt/check": "#!/bin/sh\n",
        ])
        guard case .accepted(let accepted) = Self.read(files) else {
            Issue.record("rejected")
            return
        }
        #expect(
            accepted.warnings.json == #"""
                [
                  {
                    "allowed" : null,
                    "code" : "unsafe-script",
                    "column" : 16,
                    "end" : {
                      "column" : 26,
                      "line" : 2
                    },
                    "file" : "/etc/b/probes.d/a.yaml",
                    "hint" : null,
                    "key" : "probes.a.script",
                    "line" : 2,
                    "message" : "probes.a.script: will not be run: /opt/check is not executable (chmod 755)",
                    "other" : null,
                    "seen" : "/opt/check",
                    "severity" : "warning"
                  }
                ]
                """#
        )
        #expect(
            accepted.warnings.text == #"""
                /etc/b/probes.d/a.yaml:2:16: warning: probes.a.script: will not be run: /opt/check is not executable (chmod 755)
                  a: {script: [/opt/check]}
                               ^

                """#
        )
    }

    @Test("an explanation is written with all its parts")
    func explanation() throws {
        let files = Files([
            "/etc/b/bellwether.yaml": "defaults: {timeout: 1s}\n",
            "/etc/b/probes.d/a.yaml": "probes:\n  a: {process: nginx, interval: 5s, jitter: 0%}\n",
        ])
        guard case .accepted(let accepted) = Self.read(files) else {
            Issue.record("rejected")
            return
        }
        let reader = ConfigurationReader(files: files)
        let text = JSONText.make(ExplanationEntry(try reader.explanation(of: "a", in: accepted)))
        #expect(
            text == #"""
                {
                  "column" : 3,
                  "file" : "/etc/b/probes.d/a.yaml",
                  "kind" : "process",
                  "line" : 2,
                  "probe" : "a",
                  "snippets" : [
                    {
                      "consumer" : "HAProxy",
                      "text" : "# only this machine reaches 127.0.0.1:9797\nbackend a\n    option httpchk\n    http-check send meth GET uri /readyz/a\n    http-check expect status 200\n    timeout check 1s\n    server a SERVICE:PORT check addr 127.0.0.1 port 9797 inter 2s fall 1 rise 1\n"
                    },
                    {
                      "consumer" : "Envoy",
                      "text" : "# only this machine reaches 127.0.0.1:9797\nhealth_checks:\n- timeout: 1s\n  interval: 2s\n  no_traffic_interval: 2s\n  unhealthy_threshold: 1\n  healthy_threshold: 1\n  http_health_check: {path: /readyz/a, host: 127.0.0.1}\nload_assignment:\n  cluster_name: a\n  endpoints:\n  - lb_endpoints:\n    - endpoint:\n        address: {socket_address: {address: SERVICE, port_value: PORT}}\n        health_check_config:\n          address: {socket_address: {address: 127.0.0.1, port_value: 9797}}\n"
                    },
                    {
                      "consumer" : "Kubernetes",
                      "text" : "# the kubelet asks the pod's address: let the agent listen on 0.0.0.0\nreadinessProbe:\n  httpGet: {path: /readyz/a, port: 9797, scheme: HTTP}\n  periodSeconds: 2\n  timeoutSeconds: 1\n  failureThreshold: 1\n  successThreshold: 1\n"
                    }
                  ],
                  "time" : {
                    "detection_s" : 16,
                    "failures" : 3,
                    "first_sign_s" : 32,
                    "longest_wait_s" : 30,
                    "recovery_s" : 34
                  },
                  "values" : [
                    {
                      "column" : 16,
                      "file" : "/etc/b/probes.d/a.yaml",
                      "key" : "process",
                      "line" : 2,
                      "origin" : "probe",
                      "value" : "nginx"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "process.minimum",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "1"
                    },
                    {
                      "column" : 33,
                      "file" : "/etc/b/probes.d/a.yaml",
                      "key" : "interval",
                      "line" : 2,
                      "origin" : "probe",
                      "value" : "5s"
                    },
                    {
                      "column" : 21,
                      "file" : "/etc/b/bellwether.yaml",
                      "key" : "timeout",
                      "line" : 1,
                      "origin" : "defaults",
                      "value" : "1s"
                    },
                    {
                      "column" : 45,
                      "file" : "/etc/b/probes.d/a.yaml",
                      "key" : "jitter",
                      "line" : 2,
                      "origin" : "probe",
                      "value" : "0%"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "initial_delay",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "0s"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "impact",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "required"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "description",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "none"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "groups",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "[]"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "depends_on",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "[]"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "maintenance",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "none"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "retry.attempts",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "1"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "retry.backoff",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "100ms"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.failure_threshold",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "3"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.failure_rate",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "off"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.minimum_calls",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "10"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.window",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "10s"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.n_of_m",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "off"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.slow_call.over",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "off"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.slow_call.rate",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "off"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.success_threshold",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "2"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.half_open_max_calls",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "3"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.half_open_interval",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "1s"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.open_for",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "5s"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.backoff.multiplier",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "2"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.backoff.max",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "30s"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.backoff.jitter",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "10%"
                    },
                    {
                      "column" : null,
                      "file" : null,
                      "key" : "breaker.while_open",
                      "line" : null,
                      "origin" : "built-in",
                      "value" : "pause"
                    }
                  ]
                }
                """#
        )
    }

    private static func read(_ files: Files) -> ConfigurationReading {
        ConfigurationReader(files: files).read(ConfigurationLocation(configurationFile: "/etc/b/bellwether.yaml"))
    }
}

/// A tree of files in memory that belongs to root, without an executable one.
private struct Files: FileLayer {
    private let texts: [String: String]

    init(_ texts: [String: String]) {
        self.texts = texts
    }

    func entries(of directory: String, limit: Int) throws(FileError) -> [String] {
        let names = texts.keys.filter { $0.hasPrefix(directory + "/") }.map {
            String($0.dropFirst(directory.count + 1))
        }
        return names.filter { !$0.contains("/") }.sorted()
    }

    func read(_ path: String, limit: Int) throws(FileError) -> FileContents {
        guard let text = texts[path] else {
            throw FileError(path: path, cause: .system(SystemError(code: 2, text: "No such file or directory")))
        }
        return FileContents(bytes: Array(text.utf8), metadata: try metadata(of: path))
    }

    func metadata(of path: String) throws(FileError) -> FileMetadata {
        FileMetadata(
            kind: texts[path] == nil ? .directory : .regular,
            permissions: texts[path] == nil ? 0o755 : 0o644,
            owner: 0,
            group: 0,
            size: Int64(texts[path]?.utf8.count ?? 0),
            identity: .init(device: 1, inode: 1),
            modifiedAt: WallTime(nanosecondsSinceEpoch: 0)
        )
    }

    func linkTarget(of path: String) throws(FileError) -> String? { nil }

    func canonicalPath(of path: String) throws(FileError) -> String { path }
}
