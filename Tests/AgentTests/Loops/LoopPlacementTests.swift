// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("LoopPlacement")
struct LoopPlacementTests {
    private static func spec(_ name: String, _ probe: Probe, every interval: Duration = .seconds(1)) throws -> ProbeSpec
    {
        ProbeSpec(name: try #require(TargetName(name)), probe: probe, interval: interval)
    }

    private static func tcp(_ name: String, every interval: Duration = .seconds(1)) throws -> ProbeSpec {
        try spec(name, .tcp(TCPProbe(address: try HostPort("192.0.2.1:1"))), every: interval)
    }

    @Test(
        "a target goes to the loop with the least load, the first of equal ones, and the same again for the same targets"
    )
    func spread() throws {
        let specs = try (0..<300).map { try Self.tcp("t\($0)", every: .seconds($0 % 3 + 1)) }
        var first = LoopPlacement(loops: 3, descriptors: 1_000)
        var second = LoopPlacement(loops: 3, descriptors: 1_000)
        let loops = specs.map { first.place($0) }
        #expect(loops == specs.map { second.place($0) })
        #expect(loops.prefix(3) == [0, 1, 2])
        let (least, most) = (first.loads.min() ?? 0, first.loads.max() ?? 0)
        #expect(most - least < 0.000_1, "no target takes more")
        // The first loop decides for all, so fewer probes of its own make it as full as the others.
        #expect(loops.filter { $0 == 0 }.count < loops.filter { $0 == 1 }.count)
    }

    @Test("what the whole agent shares stays on the first loop, however full that is")
    func bound() throws {
        var placement = LoopPlacement(loops: 2, descriptors: 1_000)
        for index in 0..<20 {
            let script = try Self.spec("s\(index)", .script(ScriptProbe(command: ["/bin/true"])))
            #expect(placement.place(script) == 0)
        }
        #expect(placement.place(try Self.tcp("a")) == 1)
        #expect(placement.place(try Self.tcp("b")) == 1)
    }

    @Test("a loop without descriptors for a target does not get it, unless none has any")
    func descriptors() throws {
        var placement = LoopPlacement(loops: 2, descriptors: 2)
        _ = placement.place(try Self.tcp("often", every: .milliseconds(100)))
        let loops = try (0..<4).map { placement.place(try Self.tcp("t\($0)", every: .seconds(60))) }
        #expect(loops == [1, 1, 0, 1])
    }

    @Test("a target that is gone leaves its room to the next")
    func removal() throws {
        var placement = LoopPlacement(loops: 2, descriptors: 1_000)
        let (a, b, c) = (try Self.tcp("a"), try Self.tcp("b"), try Self.tcp("c"))
        #expect(placement.place(a) == 0)
        #expect(placement.place(b) == 1)
        #expect(placement.loop(of: b.name) == 1)
        placement.remove(b.name)
        placement.remove(b.name)
        #expect(placement.loop(of: b.name) == nil)
        #expect(placement.place(c) == 1)
    }
}
