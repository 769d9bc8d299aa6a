// SPDX-License-Identifier: Apache-2.0

import Probers
import Testing

@Suite("CloseFrame")
struct CloseFrameTests {
    private func payload(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        [UInt8(code >> 8), UInt8(code & 0xFF)] + reason
    }

    @Test(
        "the legal codes are read, with their reason",
        arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
    )
    func legal(code: UInt16) throws {
        let frame = try CloseFrame(payload: payload(code, Array("bye ✓".utf8)))
        #expect(frame == CloseFrame(code: code, reason: "bye ✓"))
        #expect(frame.payload == payload(code, Array("bye ✓".utf8)))
    }

    @Test(
        "the others are refused as 1002",
        arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
    )
    func illegal(code: UInt16) {
        let violation = #expect(throws: WebSocketViolation.self) { try CloseFrame(payload: payload(code)) }
        #expect(violation?.closeCode == 1002)
        #expect(violation?.message == "close code \(code), which must not be sent")
    }

    @Test("no payload is 1005, and is answered with none")
    func empty() throws {
        let frame = try CloseFrame(payload: [])
        #expect(frame.code == 1005)
        #expect(frame.payload.isEmpty)
    }

    @Test("half a code is refused as 1002")
    func half() {
        let violation = #expect(throws: WebSocketViolation.self) { try CloseFrame(payload: [3]) }
        #expect(violation?.closeCode == 1002)
    }

    @Test("a reason that is not UTF-8 is refused as 1007", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80]])
    func badReason(reason: [UInt8]) {
        let violation = #expect(throws: WebSocketViolation.self) { try CloseFrame(payload: payload(1000, reason)) }
        #expect(violation?.closeCode == 1007)
    }
}
