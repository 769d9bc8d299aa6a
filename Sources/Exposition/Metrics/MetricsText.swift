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

    /// Adds a sample of a whole number, which is not negative, to the family begun last.
    mutating func sample(_ labels: Labels, _ value: some BinaryInteger) {
        writeHeader()
        write(suffix: "", labels: Self.text(labels))
        bytes.append(UInt8(ascii: " "))
        write(number: UInt64(clamping: value))
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Adds a histogram to the family begun last: cumulative buckets, sum and count.
    ///
    /// Most lines of a large agent are written here, so what they share is built once for each histogram, and the rest of
    /// a line once for all.
    mutating func histogram(_ labels: Labels, _ histogram: Histogram) {
        writeHeader()
        let text = Self.text(labels)
        let start = Array("\(name)_bucket{\(text)\(text.isEmpty ? "" : ",")".utf8)
        var cumulative: UInt64 = 0
        for (count, end) in zip(histogram.counts, Self.bucketEnds) {
            cumulative &+= count
            bytes.append(contentsOf: start)
            bytes.append(contentsOf: end)
            write(number: cumulative)
            bytes.append(UInt8(ascii: "\n"))
        }
        write(suffix: "_sum", labels: text)
        bytes += " \(Duration.nanoseconds(histogram.sumNanoseconds).decimalSeconds)\n".utf8
        write(suffix: "_count", labels: text)
        bytes += " \(cumulative)\n".utf8
    }

    /// What follows the labels in each bucket's line, up to its number.
    private static let bucketEnds: [[UInt8]] = (Histogram.bounds.map(\.decimalSeconds) + ["+Inf"]).map { bound in
        Array("le=\"\(bound)\"} ".utf8)
    }

    private static func text(_ labels: Labels) -> String {
        labels.map { "\($0)=\"\($1.escaped(quotationMark: true))\"" }.joined(separator: ",")
    }

    private mutating func writeHeader() {
        guard let header = pendingHeader else { return }
        bytes += header.utf8
        pendingHeader = nil
    }

    private mutating func write(suffix: String, labels: String) {
        bytes += name.utf8
        bytes += suffix.utf8
        guard !labels.isEmpty else { return }
        bytes.append(UInt8(ascii: "{"))
        bytes += labels.utf8
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(number: UInt64) {
        guard number >= 10 else { return bytes.append(UInt8(ascii: "0") + UInt8(number)) }
        bytes += String(number).utf8
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
