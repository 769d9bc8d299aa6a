// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("ProbeFingerprint")
struct ProbeFingerprintTests {
    private static func script(_ environment: [String: String]) -> ProbeFingerprint {
        ProbeFingerprint(.script(ScriptProbe(command: ["/bin/check", "-w"], environment: environment)))
    }

    private static func tcp(_ text: String) throws -> ProbeFingerprint {
        ProbeFingerprint(.tcp(TCPProbe(address: try HostPort(text))))
    }

    @Test("it is the same in every process and version that describes the probe in the same way")
    func stable() throws {
        // Whoever changes these numbers lets every target of that kind start anew after the upgrade.
        #expect(try Self.tcp("10.0.0.5:6379").value == 3_105_683_232)
        #expect(Self.script(["A": "1", "B": "2", "C": "3", "D": "4"]).value == 2_143_492_747)
    }

    @Test("another address, command or environment has another one")
    func different() throws {
        #expect(try Self.tcp("10.0.0.5:6379") != Self.tcp("10.0.0.5:6380"))
        #expect(Self.script([:]) != Self.script(["A": ""]))
        #expect(Self.script(["A": "1", "B": "2"]) != Self.script(["A": "2", "B": "1"]))
        #expect(Self.script([:]) != (try Self.tcp("10.0.0.5:6379")))
    }

    @Test("P12: no secret goes into it, but what else stands beside it does")
    func secrets() throws {
        func fingerprint(_ secret: Secret, name: String = "x-key") throws -> ProbeFingerprint {
            var probe = HTTPProbe(url: try HTTPURL("https://api/health"))
            probe.secretHeaders = [SecretField(name: name, value: secret)]
            return ProbeFingerprint(.http(probe))
        }
        #expect(try fingerprint(.text("one")) == fingerprint(.text("two")))
        #expect(try fingerprint(.text("one")) == fingerprint(.environment("TOKEN")))
        #expect(try fingerprint(.text("one")) != fingerprint(.text("one"), name: "x-token"))
    }
}
