// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import Testing
import YAMLEvents

/// Valid files with random damage.
///
/// A trap ends the whole run, so reaching the end is part of each test.
@Suite("Damaged files")
struct MutationTests {
    @Test(
        "any damage gives a configuration or a diagnostic with a real position",
        arguments: Fixture.all(in: "valid") + Fixture.all(in: "valid-main"),
        [1, 2, 3] as [UInt64]
    )
    func mutation(fixture: Fixture, seed: UInt64) throws {
        let source = try fixture.source
        var random = SplitMix64(state: seed)
        for round in 0..<150 {
            let damaged = ConfigurationSource(path: source.path, bytes: Self.damaged(source.bytes, using: &random))
            let isMain = fixture.folder == "valid-main"
            do {
                let configuration = try Configuration(
                    main: isMain ? damaged : nil,
                    probeFiles: isMain ? [] : [damaged]
                )
                let note: Comment = "seed \(seed), round \(round):\n\(String(decoding: damaged.bytes, as: UTF8.self))"
                // Whatever is written counts or is refused: nothing gets lost without a word.
                let written = isMain ? 0 : Self.probes(in: damaged)
                #expect(configuration.probes.count == written, note)
                #expect(configuration.warnings.contains { $0.detail.code == .noProbes } == (written == 0), note)
                #expect(configuration.warnings.allSatisfy { $0.severity == .warning }, note)
            } catch {
                let text = String(decoding: damaged.bytes, as: UTF8.self)
                let note: Comment = "seed \(seed), round \(round):\n\(text)"
                #expect(error.diagnostics.contains { $0.severity == .error }, note)
                for diagnostic in error.diagnostics {
                    let isReal = Self.isReal(diagnostic.location, in: damaged)
                    #expect(isReal, "\(diagnostic) \(note)")
                    let rendered = [diagnostic].render(sources: [damaged])
                    let isPrintable = rendered.unicodeScalars.allSatisfy {
                        $0 == "\n" || $0.value >= 0x20 && $0 != "\u{7F}"
                    }
                    #expect(isPrintable, "\(rendered) \(note)")
                }
            }
        }
    }

    /// How many probes a file without mistakes defines.
    private static func probes(in source: ConfigurationSource) -> Int {
        guard case .mapping(let sections)? = YAMLDocument(source.bytes).root?.content,
            case .mapping(let probes)? = sections.first(where: { $0.key == "probes" })?.value.content
        else { return 0 }
        return probes.count
    }

    /// A place of the file: on one of its lines, at most one behind the line's last character.
    private static func isReal(_ location: FileLocation, in source: ConfigurationSource) -> Bool {
        guard let position = location.position, location.path == source.path else { return false }
        var lines: [Int] = []
        var length = 0
        var previous: Unicode.Scalar = " "
        let hasMark = source.bytes.starts(with: [0xEF, 0xBB, 0xBF])
        for scalar in String(decoding: source.bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self).unicodeScalars {
            if scalar == "\r" || scalar == "\n" && previous != "\r" {
                lines.append(length)
                length = 0
            } else if scalar != "\n" {
                length += 1
            }
            previous = scalar
        }
        lines.append(length)
        guard position.line >= 1, position.line <= lines.count, position.column >= 1 else { return false }
        return position.column <= lines[position.line - 1] + 1
    }

    private static func damaged(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: Array((fragments.randomElement(using: &random) ?? "").utf8), at: place)
            case 3: bytes.removeLast(bytes.count - place)
            case 4 where place < bytes.count:
                let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default:
                if place < bytes.count { bytes[place] = bytes.randomElement(using: &random) ?? 0 }
            }
        }
        return bytes
    }

    private static let fragments = [
        "{", "}", "[", "]", ": ", "- ", "\n", "\t", "\"", "'", "&a ", "*a", "!!str ", "<<: ", "---\n", "? ", "|\n",
        ">\n",
        "#", "%", "\0", "\u{FEFF}", "\u{2028}", "\u{85}", "\r", "9999999999999999999999", "-1", "1e30", "0x", "${",
        "\\0",
        "é", "👩‍👩‍👧", "null", "~", "5s", "50%", "64KiB", "3 of 5", "20 calls", "unix:", "http://",
    ]
}

/// A small seeded generator (Steele, Lea and Flood 2014), so that a failure can be replayed.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
