// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import StateStore
import Testing

/// What is handed out again when the place where it was kept is lost.
@Suite("HealthPipeline: a lost database")
struct LostStateTests {
    @Test("every target, and every maintenance window, is handed out again, once")
    func everything() throws {
        let start = Moment(instant: PipelineHarness.origin, wall: PipelineHarness.wallOrigin)
        func later(_ seconds: Int64) -> Moment {
            let time = Duration.seconds(seconds)
            return Moment(instant: start.instant.advanced(by: time), wall: start.wall.advanced(by: time))
        }
        var pipeline = HealthPipeline(
            specs: [try spec("a"), try spec("b")],
            settings: AgentSettings(),
            name: "edge-1",
            version: "1.0",
            seed: 1,
            keepsState: true,
            at: start
        )
        let selection = MaintenanceSelection(targets: [try #require(TargetName("a"))], groups: [], tags: [:])
        let order = Order(duration: .seconds(600), reason: "disk", by: "uid 0")
        _ = try pipeline.beginMaintenance(selection, order, at: later(1))
        let first = pipeline.takeState(at: later(2))
        #expect(first?.maintenance?.map(\.remaining) == [.seconds(599)])
        let second = pipeline.takeState(at: later(4))
        #expect(try #require(second).maintenance == nil)
        pipeline.note(StateReply(wantsEverything: true), at: later(5))
        let again = pipeline.takeState(at: later(6))
        #expect(again?.maintenance?.map(\.remaining) == [.seconds(595)])
        #expect(again?.roster?.count == 2)
        let last = pipeline.takeState(at: later(8))
        #expect(try #require(last).maintenance == nil)
    }
}
