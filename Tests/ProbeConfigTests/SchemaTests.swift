// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import ProbeConfig

/// The golden schemas lie in `Fixtures/schema`; with `UPDATE_GOLDEN` in the environment they are written anew.
@Suite("Schema of the configuration")
struct SchemaTests {
    @Test("the schema is to the letter the one that was read last", arguments: ConfigurationSchema.Subject.allCases)
    func golden(subject: ConfigurationSchema.Subject) throws {
        let text = ConfigurationSchema(of: subject).text
        let golden = try Fixture(folder: "schema", name: subject.rawValue).golden(actual: text, ending: ".json")
        #expect(text == golden)
    }

    @Test("every key that the reader knows is described, and no other", arguments: ConfigurationSchema.Subject.allCases)
    func completeness(subject: ConfigurationSchema.Subject) {
        for place in ConfigurationSchema(of: subject).places {
            #expect(place.keys.map(\.name).sorted() == place.known.supported.sorted(), "\(place.name)")
        }
    }

    @Test("every description is one line that ends in a full stop, and no name is defined twice")
    func descriptions() {
        for subject in ConfigurationSchema.Subject.allCases {
            let places = ConfigurationSchema(of: subject).places
            #expect(Set(places.map(\.name)).count == places.count)
            for key in places.flatMap(\.keys) {
                #expect(key.about.hasSuffix("."), "\(key.name): \(key.about)")
                #expect(!key.about.contains("\n"), "\(key.name)")
            }
        }
    }

    @Test("every reference leads to a definition", arguments: ConfigurationSchema.Subject.allCases)
    func references(subject: ConfigurationSchema.Subject) {
        let text = ConfigurationSchema(of: subject).text
        let names = Set(text.split(separator: "\"#/$defs/").dropFirst().map { $0.prefix { $0 != "\"" } })
        for name in names { #expect(text.contains("\n    \"\(name)\": {"), "\(name)") }
    }

    @Test(
        "a default that the schema names is the one in force: writing it changes nothing",
        arguments: [
            ("http", "url: http://a/"), ("tcp", "address: a:1"), ("grpc", "address: a:1"),
            ("webSocket", "url: ws://a/"), ("script", "command: [/bin/true]"), ("dns", "name: a"),
            ("icmp", "address: a"), ("process", "name: a"),
        ]
    )
    func defaultsOfKinds(place name: String, required: String) throws {
        let place = try #require(ConfigurationSchema(of: .probes).places.first { $0.name == name })
        let written = place.keys.compactMap { key in
            key.builtIn.map { "\(key.name): \($0)" }
        }
        #expect(place.name == "process" || !written.isEmpty)
        let kind = name.lowercased()
        let status = name == "http" ? ["expect: {status: 200-299}"] : []
        #expect(
            try Self.probe("\(kind): {\(([required] + written + status).joined(separator: ", "))}")
                == Self.probe("\(kind): {\(required)}")
        )
    }

    @Test("the defaults that every kind has are the ones in force")
    func commonDefaults() throws {
        let places = ConfigurationSchema(of: .probes).places
        func written(_ name: String) -> String {
            let keys = places.first { $0.name == name }?.keys ?? []
            return keys.compactMap { key in key.builtIn.map { "\(key.name): \($0)" } }.joined(separator: ", ")
        }
        let breaker = "{\(written("breaker")), backoff: {\(written("backoff"))}}"
        let all = "tcp: 'a:1', \(written("defaults")), retry: {\(written("retry"))}, breaker: \(breaker)"
        #expect(all.utf8.count > 300)
        #expect(try Self.probe(all) == Self.probe("tcp: 'a:1'"))
    }

    @Test("the defaults of bellwether.yaml are the ones in force")
    func agentDefaults() throws {
        let places = ConfigurationSchema(of: .agent).places
        let sections = ["agent", "scripts", "log", "aggregate"].map { name in
            let keys = places.first { $0.name == name }?.keys ?? []
            return
                "\(name): {\(keys.compactMap { key in key.builtIn.map { "\(key.name): \($0)" } }.joined(separator: ", "))}\n"
        }
        let listener = places.first { $0.name == "listener" }?.keys.compactMap { key in
            key.builtIn.map { "\(key.name): \($0)" }
        }
        let text =
            sections.joined() + "listen: [{address: '127.0.0.1:9797', \((listener ?? []).joined(separator: ", "))}]\n"
        let main = ConfigurationSource(path: "bellwether.yaml", text: text)
        #expect(try Configuration(main: main, probeFiles: []).agent == AgentSettings())
    }

    @Test("an added kind may be written as the others, and nothing is said about what it holds")
    func addedKinds() {
        let text = ConfigurationSchema(of: .probes, kinds: OneKind()).text
        #expect(text.contains("\"queue_depth\": {\"description\": \"A kind that was added to this agent.\"}"))
        #expect(text.contains("{\"required\": [\"queue_depth\"]}") || text.contains("\"required\": [\"queue_depth\"]"))
    }

    private struct OneKind: CustomKinds {
        let names = ["queue_depth"]
        func check(of kind: String, settings: CustomSetting) throws(CustomSettingProblem) -> any CustomCheck {
            throw CustomSettingProblem(path: [], message: "is not checked here")
        }
    }

    private static func probe(_ text: String) throws -> ProbeSpec {
        let source = ConfigurationSource(path: "probes.d/a.yaml", text: "probes: {a: {\(text)}}\n")
        return try #require(try Configuration(main: nil, probeFiles: [source]).probes.first)
    }
}
