// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Writes the Prometheus text format, version 0.0.4.
///
/// Families appear in the order they are begun and samples in the order they are added; a family without samples leaves no
/// trace, so a series disappears with its target.
struct PrometheusText {
    /// What is written so far, in UTF-8.
    private(set) var bytes: [UInt8] = []

    private var name = ""
    private var pendingHeader: String?

    /// The type of a family.
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// A label with its value.
    typealias Labels = KeyValuePairs<String, String>

    init(expectedBytes: Int) {
        bytes.reserveCapacity(expectedBytes)
    }

    /// Begins a family; its HELP and TYPE lines are written with its first sample.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        let text = help.escaped(quotationMark: false)
        pendingHeader = "# HELP \(name) \(text)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Adds a sample of a whole number to the family begun last.
    mutating func sample(_ labels: Labels, _ value: some BinaryInteger) {
        write(suffix: "", labels: Self.text(labels), value: String(value))
    }

    /// Adds a histogram to the family begun last: cumulative buckets, sum and count.
    mutating func histogram(_ labels: Labels, _ histogram: Histogram) {
        let text = Self.text(labels)
        let separator = text.isEmpty ? "" : ","
        var cumulative: UInt64 = 0
        for (count, bound) in zip(histogram.counts, Self.bounds) {
            cumulative += count
            write(suffix: "_bucket", labels: "\(text)\(separator)le=\"\(bound)\"", value: String(cumulative))
        }
        write(suffix: "_sum", labels: text, value: Duration.nanoseconds(histogram.sumNanoseconds).decimalSeconds)
        write(suffix: "_count", labels: text, value: String(histogram.count))
    }

    private static let bounds = Histogram.bounds.map(\.decimalSeconds) + ["+Inf"]

    private static func text(_ labels: Labels) -> String {
        labels.map { "\($0)=\"\($1.escaped(quotationMark: true))\"" }.joined(separator: ",")
    }

    private mutating func write(suffix: String, labels: String, value: String) {
        if let header = pendingHeader {
            bytes += header.utf8
            pendingHeader = nil
        }
        bytes += name.utf8
        bytes += suffix.utf8
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes += labels.utf8
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes += value.utf8
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension String {
    /// Backslash and line feed escaped, and in a label's value the quotation mark; a carriage return, which some readers
    /// take for a line's end, becomes a space.
    fileprivate func escaped(quotationMark: Bool) -> String {
        guard utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x0D || $0 == 0x22 }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += " "
            case "\"" where quotationMark: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
