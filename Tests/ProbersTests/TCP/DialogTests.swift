// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Probers

/// What a dialog did with what arrived, piece by piece: `>text` sent, `.` waited, `ok`, `reason@step`.
private func play(_ steps: [DialogStep], _ pieces: [String], closes: Bool = false) throws -> [String] {
    var dialog = Dialog(try DialogScript(steps))
    var log: [String] = []
    func advance(_ isFinal: Bool) -> Bool {
        while true {
            switch dialog.advance(isFinal: isFinal) {
            case .send(let bytes): log.append(">" + String(decoding: bytes, as: UTF8.self))
            case .wait:
                log.append(".")
                return true
            case .passed:
                log.append("ok")
                return false
            case .failed(let failure, _):
                log.append("\(failure.reason.rawValue)@\(dialog.step)")
                return false
            }
        }
    }
    guard advance(false) else { return log }
    for piece in pieces {
        dialog.receive(Array(piece.utf8))
        guard advance(false) else { return log }
    }
    if closes { _ = advance(true) }
    return log
}

extension [DialogStep] {
    fileprivate static func expecting(_ patterns: String...) -> [DialogStep] {
        patterns.map { .expect(DialogText($0)) }
    }
}

@Suite("Dialog")
struct DialogTests {
    private let mail: [DialogStep] = [
        .expect(DialogText("^220 ")), .send(DialogText("EHLO x\r\n")), .expect(DialogText("^250")),
    ]

    @Test(
        "the rest of a matched line does not stand in the way of the next answer, whenever it comes",
        arguments: [
            ["220 mail ready\r\n", "250-mail\r\n250 HELP\r\n"], ["220 ", "mail", " ready\r\n", "250 mail\r\n"],
            ["220 mail ready\r\n250 eager\r\n"], ["220 ", "250 no line end before it"],
        ]
    )
    func restOfLine(pieces: [String]) throws {
        let log = try play(mail, pieces)
        #expect(log.last == "ok")
        #expect(log.contains(">EHLO x\r\n"))
    }

    @Test("32: a banner in three writes matches with the last")
    func threeWrites() throws {
        #expect(try play(.expecting("^220 .*ready"), ["22", "0 mail ", "ready"]) == [".", ".", ".", "ok"])
    }

    @Test("32: an anchored expression fails with the first whole line that differs, and not before")
    func differs() throws {
        #expect(try play(.expecting("^220 "), ["554", " no", "\r\n"]) == [".", ".", ".", "body@1"])
    }

    @Test("an expression that is not anchored waits for a later line")
    func laterLine() throws {
        #expect(try play(.expecting("(?m)^250 "), ["250-a\r\n", "250 b\r\n"]) == [".", ".", "ok"])
        #expect(try play(.expecting("role:master"), ["role:slave\r\n"]) == [".", "."])
    }

    @Test("an anchored expression over several lines waits for them")
    func severalLines() throws {
        #expect(try play(.expecting("^a\nb"), ["a\n", "b"]) == [".", ".", "ok"])
    }

    @Test("two expectations are searched one after the other in one line")
    func oneLine() throws {
        #expect(try play(.expecting("a=1", "b=2"), ["a=1 b=2\n"]) == [".", "ok"])
        #expect(try play(.expecting("b=2", "a=1"), ["a=1 b=2\n"]) == [".", "."])
    }

    @Test("a capture is whole before it is used, also byte by byte")
    func wholeCapture() throws {
        let steps: [DialogStep] = [.expect(DialogText(#"^id (\d+)"#)), .send(DialogText("${1}!"))]
        let log = try play(steps, "id 123\n".map(String.init))
        #expect(log.suffix(2) == [">123!", "ok"])
    }

    @Test("a capture that what follows it has ended is used at once, without a line end")
    func promptedCapture() throws {
        let steps: [DialogStep] = [.expect(DialogText(#"^(\w+)> "#)), .send(DialogText("${1}"))]
        #expect(try play(steps, ["rou", "ter> "]) == [".", ".", ">router", "ok"])
        let fixed: [DialogStep] = [.expect(DialogText("^(220)")), .send(DialogText("${1}"))]
        #expect(try play(fixed, ["22", "0"]) == [".", ".", ">220", "ok"])
    }

    @Test("a capture at the end of what has arrived is taken when nothing more comes")
    func finalCapture() throws {
        let steps: [DialogStep] = [.expect(DialogText(#"(\d+)"#)), .send(DialogText("${1}"))]
        #expect(try play(steps, ["7"], closes: true) == [".", ".", ">7", "ok"])
    }

    @Test("what was captured stands for itself in an expression")
    func quotedCapture() throws {
        let steps: [DialogStep] = [.expect(DialogText("nonce (.+)\n")), .expect(DialogText("^${1}$"))]
        #expect(try play(steps, ["nonce a.*[b\n", "axx[b\n"]) == [".", ".", "body@2"])
        #expect(try play(steps, ["nonce a.*[b\n", "a.*[b"]) == [".", ".", "ok"])
    }

    @Test("captures stay until an expression with groups comes")
    func captureStays() throws {
        let steps: [DialogStep] = [
            .expect(DialogText("(a)\n")), .expect(DialogText("b\n")), .send(DialogText("${1}")),
        ]
        #expect(try play(steps, ["a\nb\n"]) == [".", ">a", "ok"])
    }

    @Test("64 KiB without a match are too much")
    func tooLarge() throws {
        let most = String(repeating: "x", count: Dialog.mostBytes)
        #expect(try play(.expecting("y"), [most]) == [".", "."])
        #expect(try play(.expecting("y"), [most, "x"]) == [".", ".", "too_large@1"])
        #expect(try play(.expecting("^y"), [most, "x"]) == [".", ".", "too_large@1"])
    }

    @Test("a peer that has everything searched again and again is stopped")
    func smallPieces() throws {
        let log = try play(.expecting("y"), Array(repeating: "x", count: Dialog.mostBytes))
        #expect(log.last == "too_large@1")
        #expect(log.count < 20_000)
    }

    @Test("a capture longer than 1 KiB is too much")
    func longCapture() throws {
        let long = String(repeating: "x", count: Dialog.longestCapture + 1)
        #expect(try play(.expecting("(x+)\n"), [long + "\n"]) == [".", "too_large@1"])
    }

    @Test("an expression that takes too many steps is our own trouble")
    func expensive() throws {
        let text = String(repeating: "a", count: 60) + "b\n"
        #expect(try play(.expecting("(a+)+$(?<!b\n)c"), [text]).last == "internal@1")
    }
}
