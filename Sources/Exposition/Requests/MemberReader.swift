// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Takes the members of a request's document one by one, and refuses those that nobody took.
struct MemberReader {
    private var members: [JSONValue.Member]
    private var known: [String] = []

    /// - Parameter body: the request's; empty is an object without members.
    /// - Throws: 400 for what is no JSON, 422 for JSON that is no object.
    init(_ body: [UInt8]) throws(ErrorAnswer) {
        guard !body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else {
            members = []
            return
        }
        let value: JSONValue
        do throws(JSONReader.Problem) {
            value = try JSONReader.value(of: body)
        } catch {
            throw ErrorAnswer(.badRequest, "byte \(error.offset) of the body: \(error.message)")
        }
        guard case .object(let members) = value else { throw Self.problem("", "an object is expected") }
        self.members = members
    }

    /// A text of one line; nil when it is not given or null.
    mutating func text(_ name: String, atMost longest: Int) throws(ErrorAnswer) -> String? {
        guard let value = take(name) else { return nil }
        return try Self.text(value, path: name, atMost: longest)
    }

    /// A duration as the configuration writes it; nil when it is not given or null.
    mutating func duration(_ name: String, atMost longest: Duration) throws(ErrorAnswer) -> Duration? {
        guard let value = take(name) else { return nil }
        let text = try Self.text(value, path: name, atMost: 64)
        guard case .duration(let duration) = DurationText.parse(text) else {
            throw Self.problem(name, "\(quoted(text)) is not a duration (use 30s, 10m, 2h)")
        }
        guard duration >= .seconds(1), duration <= longest else {
            throw Self.problem(name, "\(quoted(text)) is out of range (1s to \(longest.readable))")
        }
        return duration
    }

    /// A list of texts; empty when it is not given or null.
    mutating func texts(_ name: String, atMost most: Int) throws(ErrorAnswer) -> [String] {
        guard let value = take(name) else { return [] }
        guard case .array(let values) = value else { throw Self.problem(name, "an array of strings is expected") }
        guard values.count <= most else { throw Self.problem(name, "more than \(most) entries") }
        var texts: [String] = []
        for (index, value) in values.enumerated() {
            texts.append(try Self.text(value, path: "\(name)[\(index)]", atMost: 256))
        }
        return texts
    }

    /// An object of texts; empty when it is not given or null.
    mutating func table(_ name: String, atMost most: Int) throws(ErrorAnswer) -> [String: String] {
        guard let value = take(name) else { return [:] }
        guard case .object(let members) = value else { throw Self.problem(name, "an object of strings is expected") }
        guard members.count <= most else { throw Self.problem(name, "more than \(most) members") }
        var table: [String: String] = [:]
        for member in members {
            table[member.name] = try Self.text(member.value, path: "\(name).\(member.name)", atMost: 256)
        }
        return table
    }

    /// Refuses members that nobody took.
    func finish() throws(ErrorAnswer) {
        guard let unknown = members.first else { return }
        let list = known.isEmpty ? "none is known here" : "known: \(known.joined(separator: ", "))"
        throw Self.problem(singleLine(unknown.name), "unknown member (\(list))")
    }

    /// What is wrong with one member.
    static func problem(_ path: String, _ message: String) -> ErrorAnswer {
        ErrorAnswer(.unprocessable, path.isEmpty ? message : "\(path): \(message)", path: path)
    }

    private mutating func take(_ name: String) -> JSONValue? {
        known.append(name)
        guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
        let value = members.remove(at: index).value
        return value == .null ? nil : value
    }

    private static func text(_ value: JSONValue, path: String, atMost longest: Int) throws(ErrorAnswer) -> String {
        guard case .string(let text) = value else { throw problem(path, "a string is expected") }
        guard text.unicodeScalars.count <= longest else { throw problem(path, "longer than \(longest) characters") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }) else {
            throw problem(path, "a control character")
        }
        return text
    }
}
