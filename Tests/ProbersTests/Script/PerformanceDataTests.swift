// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Probers

@Suite("PerformanceData")
struct PerformanceDataTests {
    /// One line per datum: label, value, unit.
    private static func parse(_ output: String, isCut: Bool = false) -> [String] {
        PerformanceData.parse(output, isCut: isCut).map { datum in
            "\(datum.label) \(datum.value.map { "\($0)" } ?? "U") \(datum.unit)"
        }
    }

    @Test(
        "reads what the guidelines allow",
        arguments: [
            ("OK", []), ("OK |", []), ("OK | ", []), ("OK|a=1", ["a 1.0 "]),
            ("PING ok - rta 0.1 ms | rta=0.080000ms;1000.0;2000.0;0.0 pl=0%;80;100;0", ["rta 0.08 ms", "pl 0.0 %"]),
            ("DISK | /=2643MB;5948;5958;0;5968 /boot=68MB;88;93;0;98", ["/ 2643.0 MB", "/boot 68.0 MB"]),
            ("x | 'free space'=5GB;;;; 'it''s'=1 ''''=2", ["free space 5.0 GB", "it's 1.0 ", "' 2.0 "]),
            ("x | '=|x y'=3c", ["=|x y 3.0 c"]),
            ("x | load=U;1;2 users=4", ["load U ", "users 4.0 "]),
            ("x | t=-1.5s a=+2 b=.5 c=5.", ["t -1.5 s", "a 2.0 ", "b 0.5 ", "c 5.0 "]),
            ("x | a=1e3 b=2E-1s c=1EB d=1e", ["a 1000.0 ", "b 0.2 s", "c 1.0 EB", "d 1.0 e"]),
            ("x | a=1  \t b=2", ["a 1.0 ", "b 2.0 "]),
        ] as [(String, [String])]
    )
    func grammar(output: String, expected: [String]) {
        #expect(Self.parse(output) == expected)
    }

    @Test(
        "leaves out what is not of the form",
        arguments: [
            "a", "=1", "a=", "a=x", "a='1'", "a=1s2", "QQ=1", "aQb=1", "a=--1", "a=.", "a = 1", "a=nan", "a=inf",
            "a=0x10",
            "a=1e999", "QaQ =1", "QaQb=1", "1", ";;;", "Q", "QQQ", "a=1|b2",
        ]
    )
    func malformed(word: String) {
        let word = String(word.map { $0 == "Q" ? "'" : $0 })
        #expect(Self.parse("x | good=7 \(word)") == ["good 7.0 "])
    }

    @Test(
        "a word that is not of the form does not keep the next one from being read",
        arguments: ["a", "=1", "a=x", "'a", "a=1|2"]
    )
    func afterMalformed(word: String) {
        #expect(Self.parse("x | \(word) b=1 c=2") == ["b 1.0 ", "c 2.0 "])
    }

    @Test("data follows the bar of the first line, and everything after the next bar")
    func severalLines() {
        let output = "DISK OK - free space | /=2643MB\nlong text a=1\nmore | /home=1MB\n/boot=2MB /var=3MB\n"
        #expect(Self.parse(output) == ["/ 2643.0 MB", "/home 1.0 MB", "/boot 2.0 MB", "/var 3.0 MB"])
        #expect(Self.parse("OK\ntext\n|a=1\nb=2") == ["a 1.0 ", "b 2.0 "])
    }

    @Test("the last word of an output that was cut is left out: it may be half a number")
    func cut() {
        #expect(Self.parse("x | a=1 b=12345", isCut: true) == ["a 1.0 "])
        #expect(Self.parse("x | a=12345", isCut: true).isEmpty)
        #expect(Self.parse("x | a=1 ", isCut: true) == ["a 1.0 "])
    }
}
