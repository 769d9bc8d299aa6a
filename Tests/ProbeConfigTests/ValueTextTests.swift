// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import ProbeConfig

@Suite("Texts of values")
struct ValueTextTests {
    @Test(
        "a duration is a number with one unit",
        arguments: [
            ("250ms", DurationText.Reading.duration(.milliseconds(250))),
            ("5s", .duration(.seconds(5))),
            ("2m", .duration(.seconds(120))),
            ("1h", .duration(.seconds(3_600))),
            ("7d", .duration(.seconds(604_800))),
            ("1.5s", .duration(.milliseconds(1_500))),
            ("0.001s", .duration(.milliseconds(1))),
            ("1.5d", .duration(.seconds(129_600))),
            ("0s", .duration(.zero)),
            ("-0s", .duration(.zero)),
            ("007s", .duration(.seconds(7))),
            ("106751d", .duration(.seconds(106_751 * 86_400))),
            ("106752d", .beyondRange),
            ("106751.999d", .beyondRange),
            ("-1s", .beyondRange),
            ("-0.1s", .beyondRange),
            ("1000000000000000000000000000000h", .beyondRange),
            ("5", .noUnit),
            ("1.5", .noUnit),
            ("", .notADuration),
            ("s", .notADuration),
            (".5s", .notADuration),
            ("5.s", .notADuration),
            ("1.2345s", .notADuration),
            ("1.2.3s", .notADuration),
            ("5 s", .notADuration),
            ("5S", .notADuration),
            ("5x", .notADuration),
            ("1h5m", .notADuration),
            ("1e3s", .notADuration),
            ("+5s", .notADuration),
            ("--5s", .notADuration),
            ("５s", .notADuration),
        ]
    )
    func duration(text: String, reading: DurationText.Reading) {
        #expect(DurationText.parse(text) == reading)
    }

    @Test(
        "a size is a whole number with a binary unit",
        arguments: [
            ("64KiB", SizeText.Reading.bytes(65_536)),
            ("1MiB", .bytes(1_048_576)),
            ("2GiB", .bytes(2_147_483_648)),
            ("7B", .bytes(7)),
            ("0B", .bytes(0)),
            ("9223372036854775807B", .bytes(.max)),
            ("9223372036854775808B", .beyondRange),
            ("9223372036854775807KiB", .beyondRange),
            ("-1B", .beyondRange),
            ("64", .noUnit),
            ("", .notASize),
            ("KiB", .notASize),
            ("1.5MiB", .notASize),
            ("64KB", .notASize),
            ("64kib", .notASize),
            ("64 KiB", .notASize),
        ]
    )
    func size(text: String, reading: SizeText.Reading) {
        #expect(SizeText.parse(text) == reading)
    }

    @Test(
        "a size is shown in its largest whole unit",
        arguments: [(1, "1B"), (1_024, "1KiB"), (1_025, "1025B"), (0, "0B")]
    )
    func sizeRendering(bytes: Int, text: String) {
        #expect(SizeText.render(bytes) == text)
    }

    @Test(
        "a rate is a percentage or a share",
        arguments: [
            ("50%", 0.5), ("0.5", 0.5), ("10%", 0.1), ("12.5%", 0.125), ("0%", 0), ("1", 1), ("100%", 1), ("50", 50),
            ("", nil), ("%", nil), ("-1%", nil), ("1e-1", nil), ("nan", nil), ("inf%", nil), (".5", nil),
            ("0x1p3", nil),
            ("50 %", nil), ("5%%", nil), ("1.2.3", nil),
        ] as [(String, Double?)]
    )
    func rate(text: String, rate: Double?) {
        #expect(RateText.parse(text) == rate)
    }

    @Test(
        "a suggestion is the nearest word, when one is near",
        arguments: [
            ("intervall", "interval"), ("Interval", "interval"), ("tiemout", "timeout"), ("time_out", "timeout"),
            ("jiter", "jitter"), ("impct", "impact"), ("tag", "tags"), ("colour", nil), ("", nil), ("x", nil),
            ("initialdelay", "initial_delay"), (String(repeating: "i", count: 41), nil),
        ] as [(String, String?)]
    )
    func suggestion(text: String, word: String?) {
        #expect(Suggestion.nearest(to: text, in: ContractKeys.probe.supported) == word)
    }

    @Test(
        "a distance counts insertions, deletions, replacements and swaps",
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "ab", 2), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0),
        ]
    )
    func distance(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
    }
}
