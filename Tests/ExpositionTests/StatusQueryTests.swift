// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Exposition

@Suite("Queries for a status")
struct StatusQueryTests {
    @Test(
        "a format and the text format's parameters are read together",
        arguments: [
            ("", StatusQuery()),
            ("format=text&verbose", StatusQuery(format: .text, checks: KubernetesQuery(isVerbose: true))),
            (
                "exclude=a&format=text&exclude=b",
                StatusQuery(format: .text, checks: KubernetesQuery(excluded: ["a", "b"]))
            ),
            ("format=health+json", StatusQuery(format: .healthJSON)),
            ("format=health%2Bjson", StatusQuery(format: .healthJSON)),
            ("format=consul&format=consul", StatusQuery(format: .consul)),
        ]
    )
    func query(text: String, expected: StatusQuery) throws {
        #expect(try StatusQuery(text) == expected)
    }

    @Test(
        "what is not understood is refused with what is allowed",
        arguments: [
            ("format=xml", "unknown format \"xml\" (use text, health+json, actuator, aspnet, consul or json)"),
            ("format=", "unknown format \"\" (use text, health+json, actuator, aspnet, consul or json)"),
            ("format", "unknown format \"\" (use text, health+json, actuator, aspnet, consul or json)"),
            ("format=JSON", "unknown format \"JSON\" (use text, health+json, actuator, aspnet, consul or json)"),
            ("format=json&format=text", "several formats (use one)"),
            ("formt=json", "unknown query parameter \"formt\" (use verbose, exclude=name or format=name)"),
            ("exclude=&format=text", "exclude without a name (use exclude=name)"),
        ]
    )
    func refused(text: String, message: String) {
        let problem = #expect(throws: KubernetesQuery.Problem.self) { try StatusQuery(text) }
        #expect(problem?.message == message)
    }

    @Test("a Kubernetes path answers its text whatever Accept says, and any format that is asked for")
    func kubernetesPath() {
        func negotiated(_ format: StatusFormat?, _ accept: String) -> (StatusDialect, Bool) {
            StatusDialect.negotiated(format, accept: AcceptField([accept]), isKubernetesPath: true)
        }
        #expect(negotiated(nil, "application/json") == (.text, false))
        #expect(negotiated(.json, "text/plain") == (.json, false))
        #expect(negotiated(.aspnet, "text/html, */*") == (.aspnetWord, true))
        #expect(negotiated(.aspnet, "application/json") == (.aspnetReport, true))
        #expect(negotiated(.consul, "application/json, text/plain;q=0.5") == (.consulReport, true))
    }

    @Test("verbose and exclude need a text to work on, and exclude something to leave out")
    func textOnly() throws {
        let query = try StatusQuery("verbose")
        let problem = #expect(throws: KubernetesQuery.Problem.self) {
            try query.negotiated(about: .aggregate, accept: .absent, isKubernetesPath: false)
        }
        #expect(problem?.message == "verbose and exclude belong to the text format (add format=text)")
        let byAccept = try query.negotiated(
            about: .aggregate,
            accept: AcceptField(["text/plain"]),
            isKubernetesPath: false
        )
        #expect(byAccept == (.text, true))
        let exclude = try StatusQuery("exclude=a&format=text")
        let nothing = #expect(throws: KubernetesQuery.Problem.self) {
            try exclude.negotiated(about: .target(Fixtures.name("a")), accept: .absent, isKubernetesPath: true)
        }
        #expect(nothing?.message == "exclude works on the aggregate only")
    }
}
