// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("JSONPath")
struct JSONPathTests {
    @Test(
        "a path is taken apart step by step",
        arguments: [
            ("$", [], false),
            ("$.status", [.member("status")], false),
            ("$.queue-depth.größe_1", [.member("queue-depth"), .member("größe_1")], false),
            (#"$['a b']["c'd"]['e\'f\\']"#, [.member("a b"), .member("c'd"), .member(#"e'f\"#)], false),
            ("$[0][-1].x", [.element(0), .element(-1), .member("x")], false),
            ("$.items[*].*", [.member("items"), .every, .every], false),
            ("$.length()", [], true),
            ("$.items.length()", [.member("items")], true),
            ("$.length", [.member("length")], false),
        ] as [(String, [JSONPath.Step], Bool)]
    )
    func steps(text: String, steps: [JSONPath.Step], asksForLength: Bool) throws {
        let path = try JSONPath(text)
        #expect(path.steps == steps)
        #expect(path.asksForLength == asksForLength)
        #expect(path.text == text)
    }

    @Test(
        "what is no path is refused with its place",
        arguments: [
            ("", "a path begins with $ at character 1"),
            ("status", "a path begins with $ at character 1"),
            ("$status", "expected . or [ at character 2"),
            ("$.", "no name after the point at character 3"),
            ("$..a", "no name after the point at character 3"),
            ("$.1", "no name after the point at character 3"),
            ("$[", "expected a number, * or a name in quotes at character 3"),
            ("$[1", "expected ] at character 4"),
            ("$[1:2]", "expected ] at character 4"),
            ("$[99999999999]", "expected a number, * or a name in quotes at character 14"),
            ("$['a]", "the quote is not closed at character 6"),
            (#"$['\n']"#, "\\ stands only before a quote or another \\ at character 5"),
            ("$.count()", "the only function is .length() at character 9"),
            ("$.length().a", "nothing may follow .length() at character 11"),
            ("$[?(@.a)]", "expected a number, * or a name in quotes at character 3"),
            (String(repeating: "x", count: 1_025), "longer than 1024 bytes"),
            ("$" + String(repeating: "[0]", count: 33), "more than 32 steps"),
        ]
    )
    func problem(text: String, message: String) {
        let problem = #expect(throws: JSONPath.Problem.self) { try JSONPath(text) }
        #expect(problem?.message == message)
    }
}
