// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HealthModel

@Suite("Shared")
struct SharedTests {
    private struct Holder: Hashable {
        @Shared var text: String

        mutating func share(with other: Holder) { _text.share(other._text) }
    }

    @Test("two are equal by what they hold, and to share changes nothing that can be seen")
    func equality() {
        var (one, other) = (Holder(text: "a"), Holder(text: "a"))
        #expect(one == other && one.hashValue == other.hashValue)
        one.share(with: other)
        #expect(one == other && one.text == "a")
        other.text = "b"
        #expect(one.text == "a" && one != other)
        one.share(with: other)
        #expect(one.text == "a")
    }
}
