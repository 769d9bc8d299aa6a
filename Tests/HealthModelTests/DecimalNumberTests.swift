// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("DecimalNumber")
struct DecimalNumberTests {
    @Test(
        "numbers are ordered by their value, exactly",
        arguments: [
            ("9007199254740992", "9007199254740993"), ("-1", "0"), ("-2", "-1"), ("0.1", "0.11"), ("9", "10"),
            ("1e2", "101"), ("-1e400", "-1e399"), ("1e-400", "1e-399"), ("99e-1", "1e1"), ("0", "1e-1000"),
            ("1e999999999999", "2e999999999999"),
        ]
    )
    func order(less: String, greater: String) throws {
        let (small, large) = (try #require(DecimalNumber(less)), try #require(DecimalNumber(greater)))
        #expect(small < large)
        #expect(!(large < small))
        #expect(small != large)
    }

    @Test(
        "one value has many forms",
        arguments: [
            ("1", "1.0"), ("1", "10e-1"), ("100", "1E+2"), ("0", "-0"), ("0", "0e5"), ("0.0", "0"),
            ("12.30", "1230e-2"),
        ]
    )
    func equality(left: String, right: String) throws {
        let (first, second) = (try #require(DecimalNumber(left)), try #require(DecimalNumber(right)))
        #expect(first == second)
        #expect(first.hashValue == second.hashValue)
        #expect(!(first < second) && !(second < first))
    }

    @Test(
        "what JSON does not call a number is none",
        arguments: [
            "", "-", "+1", "01", "-01", ".5", "5.", "1e", "1e+", "0x1", "1 ", " 1", "1.2.3", "NaN", "١", "1e1.5",
        ]
    )
    func refused(text: String) {
        #expect(DecimalNumber(text) == nil)
    }
}
