// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Testing

@Suite("Zone files")
struct ZoneFileTests {
    private static let zones = SystemZones(files: SystemFiles())

    /// What the C library says of a zone at a time.
    private static func offsetOfTheSystem(_ zone: String, at time: Int64) -> Int64 {
        unsafe setenv("TZ", ":\(zone)", 1)
        tzset()
        var seconds = time_t(time)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        return Int64(unsafe parts.tm_gmtoff)
    }

    @Test("offsets are the C library's, in the past and far ahead, around every change")
    func offsets() throws {
        // One after the other: TZ is the process's.
        for name in [
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "UTC",
            "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "America/Santiago", "Asia/Gaza",
        ] {
            let rules = try #require(Self.zones.zone(named: name))
            var time: Int64 = -1_000_000_000
            var mistakes: [Int64] = []
            while time < 4_500_000_000 {
                if rules.offset(at: time) != Self.offsetOfTheSystem(name, at: time) { mistakes.append(time) }
                // A prime, so that every hour of the day and year is met.
                time += 1_000_003
            }
            #expect(mistakes == [], "\(name)")
        }
        unsafe unsetenv("TZ")
        tzset()
    }

    @Test(
        "a name that leads elsewhere is none",
        arguments: [
            "", "/etc/passwd", "../passwd", "Europe/../Berlin", "Europe//Berlin", "Europe", "Nowhere/Town", ".",
            "Europe/Berlin/", "right/Europe/Berlin\0", String(repeating: "a", count: 101),
        ]
    )
    func names(name: String) {
        #expect(Self.zones.zone(named: name) == nil)
    }

    /// A version 2 file of one zone one hour east of UTC with a yearly rule.
    private static func file(
        times: [Int64] = [],
        types: [UInt8] = [],
        offsets: [Int32] = [3_600],
        footer: String = "\nCET-1CEST,M3.5.0,M10.5.0/3\n"
    ) -> [UInt8] {
        func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
        }
        func header(_ timeCount: Int32, _ typeCount: Int32) -> [UInt8] {
            Array("TZif2".utf8) + Array(repeating: 0, count: 15)
                + [0, 0, 0, timeCount, typeCount, 4].flatMap { bytes($0) }
        }
        let first = header(0, 1) + bytes(Int32(0)) + [0, 0] + Array("UTC\0".utf8)
        let second =
            header(Int32(times.count), Int32(offsets.count)) + times.flatMap { bytes($0) } + types
            + offsets.flatMap { bytes($0) + [0, 0] } + Array("CET\0".utf8)
        return first + second + Array(footer.utf8)
    }

    @Test("a file is read, and what follows the last change is the rule at its end")
    func minimal() throws {
        let rules = try #require(ZoneFile.rules(name: "x", Self.file(times: [100], types: [0])))
        #expect(rules.offset(at: 50) == 3_600)
        // 2026-07-01 and 2026-12-01.
        #expect(rules.offset(at: 1_782_864_000) == 7_200)
        #expect(rules.offset(at: 1_796_083_200) == 3_600)
    }

    @Test("a file cut anywhere is none")
    func cut() {
        let whole = Self.file(times: [100], types: [0])
        for count in 0..<whole.count { #expect(ZoneFile.rules(name: "x", Array(whole.prefix(count))) == nil) }
        #expect(ZoneFile.rules(name: "x", whole) != nil)
    }

    @Test(
        "a file that contradicts itself is none",
        arguments: [
            file(times: [100, 100], types: [0, 0]), file(times: [100], types: [1]), file(offsets: [100_000]),
            file(footer: "\nnonsense\n"), file(footer: "\nCET-1CEST,M13.5.0,M10.5.0\n"), Array("TZif".utf8),
            Array(repeating: 0xFF, count: 4_096),
        ]
    )
    func broken(bytes: [UInt8]) {
        #expect(ZoneFile.rules(name: "x", bytes) == nil)
    }
}
