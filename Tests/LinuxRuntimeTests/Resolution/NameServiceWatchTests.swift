// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("NameServiceWatch")
struct NameServiceWatchTests {
    private static let temporary = ResolutionFailure(kind: .temporary, message: "try again")
    private static let notFound = ResolutionFailure(kind: .notFound, message: "no such name")

    private static func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test("one name that fails again and again is its own domain's trouble")
    func oneName() {
        var watch = NameServiceWatch()
        for second in 0..<10 as Range<Int64> {
            watch.began("db.test", at: Self.instant(second * 1_000))
            watch.ended("db.test", Self.temporary, at: Self.instant(second * 1_000 + 100))
        }
        #expect(!watch.isSilent(at: Self.instant(20_000)))
    }

    @Test("two names that fail make the service silent, and any answer proves it again", arguments: [nil, notFound])
    func twoNames(proof: ResolutionFailure?) {
        var watch = NameServiceWatch()
        watch.ended("db.test", Self.temporary, at: Self.instant(1))
        #expect(!watch.isSilent(at: Self.instant(1)))
        watch.ended("api.test", Self.temporary, at: Self.instant(2))
        #expect(watch.isSilent(at: Self.instant(2)))
        watch.ended("www.test", proof, at: Self.instant(3))
        #expect(!watch.isSilent(at: Self.instant(3)))
    }

    @Test("look-ups that hang for longer than the patience are silent, unless an answer came since they began")
    func hanging() {
        var watch = NameServiceWatch()
        watch.began("db.test", at: Self.instant(0))
        watch.began("api.test", at: Self.instant(500))
        #expect(!watch.isSilent(at: Self.instant(1_500)))
        #expect(watch.isSilent(at: Self.instant(1_501)))
        watch.ended("www.test", nil, at: Self.instant(2_000))
        #expect(!watch.isSilent(at: Self.instant(60_000)))
    }

    @Test("a name that failed and is looked up again counts once")
    func again() {
        var watch = NameServiceWatch()
        watch.ended("db.test", Self.temporary, at: Self.instant(0))
        watch.began("db.test", at: Self.instant(1))
        #expect(!watch.isSilent(at: Self.instant(60_000)))
    }

    @Test("our own failures say nothing about the service")
    func ours() {
        var watch = NameServiceWatch()
        for name in ["a.test", "b.test", "c.test"] {
            watch.ended(name, ResolutionFailure(kind: .ours, message: "no thread"), at: Self.instant(0))
        }
        #expect(!watch.isSilent(at: Self.instant(60_000)))
    }
}
