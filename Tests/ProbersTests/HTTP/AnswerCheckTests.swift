// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import Probers

@Suite("AnswerCheck")
struct AnswerCheckTests {
    private static let document = #"""
        {"status":"UP","queue":{"depth":1200,"max":1e3},"id":9007199254740993,"note":null,"twice":1,"twice":2,
         "nodes":[{"state":"DOWN","lag":5},{"state":"UP","lag":1.50}],"a.b":"dot","é":"e","empty":[],"ready":true}
        """#

    @Test(
        "row 9: a JSON condition that holds",
        arguments: [
            ("$.status", .equals(.text("UP"))), ("$['status']", .matches("^U")), ("$.queue.depth", .exists),
            ("$.queue.max", .equals(.number(decimal("1000")))), ("$.queue.depth", .compares(.greater, decimal("1000"))),
            ("$.queue.depth", .compares(.atMost, decimal("1200.0"))),
            ("$.id", .equals(.number(decimal("9007199254740993")))),
            ("$.id", .differs(.number(decimal("9007199254740992")))), ("$.note", .equals(.null)), ("$.note", .exists),
            ("$.nothing", .missing), ("$.nodes[5].state", .missing), ("$.nodes[0].state", .equals(.text("DOWN"))),
            ("$.nodes[-1].state", .equals(.text("UP"))), ("$.nodes[*].state", .equals(.text("UP"))),
            ("$.nodes[*].lag", .compares(.less, decimal("2"))), ("$.nodes.length()", .equals(.number(decimal("2")))),
            ("$.empty.length()", .compares(.less, decimal("1"))), ("$.empty[*]", .missing),
            ("$.status.length()", .equals(.number(decimal("2")))),
            ("$['a.b']", .equals(.text("dot"))), ("$.é", .equals(.text("e"))),
            ("$.queue.*", .equals(.number(decimal("1e3")))),
            ("$.ready", .equals(.truth(true))), ("$.ready", .differs(.text("true"))), ("$", .exists),
        ] as [(String, JSONCondition)]
    )
    func holds(path: String, condition: JSONCondition) throws {
        #expect(try Self.failure(Self.document, json: [.init(JSONPath(path), condition)]) == nil)
    }

    @Test(
        "row 9: a JSON condition that does not hold says what was there",
        arguments: [
            ("$.status", .equals(.text("DOWN")), #"$.status is "UP", expected "DOWN""#),
            ("$.queue.depth", .compares(.less, decimal("1000")), "$.queue.depth is 1200, expected < 1000"),
            ("$.queue.depth", .equals(.text("1200")), #"$.queue.depth is 1200, expected "1200""#),
            ("$.status", .compares(.less, decimal("5")), #"$.status is "UP", expected < 5"#),
            ("$.ready", .equals(.text("true")), #"$.ready is true, expected "true""#),
            (
                "$.id", .equals(.number(decimal("9007199254740992"))),
                "$.id is 9007199254740993, expected 9007199254740992"
            ),
            ("$.note", .missing, "$.note is null, expected none"),
            ("$.gone.deeper", .exists, "$.gone.deeper is missing, expected any value"),
            ("$.queue.length", .exists, "$.queue.length is missing, expected any value"),
            ("$.nodes[2].state", .equals(.text("UP")), #"$.nodes[2].state is missing, expected "UP""#),
            ("$.note.length()", .exists, "$.note.length() is missing, expected any value"),
            (
                "$.nodes[*].state", .equals(.text("X")),
                #"none of the 2 values at $.nodes[*].state is "X", the first is "DOWN""#
            ),
            ("$.status", .matches("^D"), #"$.status is "UP", expected a match of /^D/"#),
            ("$.status", .differs(.text("UP")), #"$.status is "UP", expected anything but "UP""#),
            ("$.nodes", .equals(.null), "$.nodes is an array of 2, expected null"),
            ("$.twice", .exists, #"$.twice is ambiguous: an object has "twice" more than once"#),
        ] as [(String, JSONCondition, String)]
    )
    func violated(path: String, condition: JSONCondition, message: String) throws {
        let failure = try Self.failure(Self.document, json: [.init(JSONPath(path), condition)])
        #expect(failure?.reason == .json)
        #expect(failure?.message == message)
    }

    @Test(
        "row 9: a body that is not JSON fails as json",
        arguments: [
            ("<h1>ok</h1>", "body is not JSON: no value at byte 1"), ("", "body is not JSON: it is empty"),
            (String(repeating: "[", count: 99), "body is not JSON: nested deeper than 64 levels at byte 65"),
        ]
    )
    func notJSON(body: String, message: String) throws {
        let failure = try Self.failure(body, json: [.init(JSONPath("$"), .exists)])
        #expect(failure?.reason == .json)
        #expect(failure?.message == message)
    }

    @Test("a JSON search without end is our own trouble")
    func endless() throws {
        let body = "\"" + String(repeating: "a", count: 5_000) + "\""
        let failure = try Self.failure(body, json: [.init(JSONPath("$"), .matches("(a+a+)+[bc]"))])
        #expect(failure?.reason == .internal)
        #expect(failure?.message == "matching a match of /(a+a+)+[bc]/ took too many steps")
    }

    @Test(
        "row 10: fields are found whatever the case of their name, and one of several is enough",
        arguments: [
            ("content-TYPE", "^application/json", nil),
            ("Via", "second", nil),
            ("X-Empty", "^$", nil),
            ("X-Missing", "a", "no X-Missing header, expected a match of /a/"),
            ("Content-Type", "html", #"Content-Type is "application/json; charset=utf-8", expected a match of /html/"#),
            ("Via", "third", #"Via is "first" (2 fields), expected a match of /third/"#),
        ] as [(String, String, String?)]
    )
    func headers(name: String, pattern: String, message: String?) throws {
        let failure = try Self.failure("", headers: [HeaderExpectation(name: name, pattern: pattern)])
        #expect(failure?.reason == (message == nil ? nil : .header))
        #expect(failure?.message == message)
    }

    @Test("fields are checked before the body, the body's text before its JSON")
    func order() throws {
        let header = HeaderExpectation(name: "X-Missing", pattern: "a")
        let json = JSONExpectation(try JSONPath("$.x"), .exists)
        #expect(try Self.failure("{}", contains: "no", headers: [header], json: [json])?.reason == .header)
        #expect(try Self.failure("{}", contains: "no", json: [json])?.reason == .body)
        #expect(try Self.failure("{}", contains: "{", json: [json])?.reason == .json)
    }

    private static func failure(
        _ body: String,
        contains: String = "",
        headers: [HeaderExpectation] = [],
        json: [JSONExpectation] = []
    ) throws -> (reason: FailureReason, message: String)? {
        let lines = "Content-Type: application/json; charset=utf-8\r\nVia: first\r\nvia: second\r\nX-Empty:\r\n"
        let answer = HTTPAnswer(
            status: 200,
            version: "1.1",
            headers: HTTPHeaders(lines: Array(lines.utf8)),
            body: Array(body.utf8),
            bodyLength: body.utf8.count
        )
        return try AnswerCheck(HTTPExpectation(bodyContains: [contains], headers: headers, json: json)).failure(
            of: answer
        )
    }

    fileprivate static func decimal(_ text: String) -> DecimalNumber {
        guard let number = DecimalNumber(text) else { preconditionFailure("\(text) is no number") }
        return number
    }
}
