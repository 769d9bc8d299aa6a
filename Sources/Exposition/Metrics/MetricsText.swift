// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Writes metrics in the Prometheus text format or in OpenMetrics, straight into one buffer.
///
/// Families appear in the order they are begun and samples in the order they are added; a family without samples leaves no
/// trace, so a series disappears with its target. Both formats give every series the same name and labels, so nothing is lost
/// when a scraper begins to ask for the other one.
struct MetricsText {
    /// What is written so far, in UTF-8.
    private(set) var bytes: [UInt8] = []

    private let format: MetricsFormat
    private var name: [UInt8] = []
    /// What is between a name and its labels in a bucket's line: `_bucket{`, with the name.
    private var bucketStart: [UInt8] = []
    private var pendingHeader: [UInt8] = []

    /// The type of a family.
    enum Kind {
        /// A counter whose name ends in `_total`.
        case counter
        /// A counter under the name that users of `Resilience` know, without `_total`.
        ///
        /// OpenMetrics has no counter without that ending (section 5.3.1), so there its type is unknown: better no type than
        /// another name in each format.
        case counterByOtherName
        case gauge
        case histogram
        /// A constant 1 whose name ends in `_info`: a gauge in the older format.
        case info
    }

    /// Labels, ready to be written: `name="value",other="value"`.
    struct Labels {
        fileprivate let bytes: [UInt8]

        /// No labels.
        static let none = Labels([:])

        init(_ pairs: KeyValuePairs<String, String>) {
            var bytes: [UInt8] = []
            for (index, (name, value)) in pairs.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += name.utf8
                bytes += "=\"".utf8
                bytes.append(escaped: value, quotationMark: true)
                bytes.append(UInt8(ascii: "\""))
            }
            self.bytes = bytes
        }
    }

    init(_ format: MetricsFormat, expectedBytes: Int) {
        self.format = format
        bytes.reserveCapacity(expectedBytes)
    }

    /// Begins a family; what describes it is written with its first sample.
    ///
    /// - Parameters:
    ///   - name: the name of its samples, with the ending that its kind and unit demand.
    ///   - kind: its type.
    ///   - help: one sentence for people.
    ///   - unit: the base unit, which the name ends in.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String, unit: String? = nil) {
        self.name = Array(name.utf8)
        bucketStart = Array("\(name)_bucket{".utf8)
        var family = Substring(name)
        let type: String
        switch (kind, format) {
        case (.counter, .openMetrics):
            type = "counter"
            family = family.dropLast("_total".count)
        case (.info, .openMetrics):
            type = "info"
            family = family.dropLast("_info".count)
        case (.counterByOtherName, .openMetrics): type = "unknown"
        case (.counter, .prometheus), (.counterByOtherName, .prometheus): type = "counter"
        case (.gauge, _), (.info, .prometheus): type = "gauge"
        case (.histogram, _): type = "histogram"
        }
        var header = Array("# HELP \(family) ".utf8)
        header.append(escaped: help, quotationMark: format == .openMetrics)
        header += "\n# TYPE \(family) \(type)\n".utf8
        if let unit, format == .openMetrics { header += "# UNIT \(family) \(unit)\n".utf8 }
        pendingHeader = header
    }

    /// Adds a sample of a whole number, which is not negative, to the family begun last.
    mutating func sample(_ labels: Labels, and more: Labels = .none, _ value: some BinaryInteger) {
        start(labels, more)
        bytes.append(decimal: UInt64(clamping: value))
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Adds a sample of an exact number of seconds to the family begun last.
    mutating func sample(_ labels: Labels, and more: Labels = .none, seconds: Duration) {
        start(labels, more)
        bytes.append(nanoseconds: seconds.inNanoseconds, unit: 1_000_000_000)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Adds a histogram to the family begun last: cumulative buckets, sum and count.
    ///
    /// Most lines of a large agent are written here, so what they share is built once for each histogram, and the rest of
    /// a line once for all.
    mutating func histogram(_ labels: Labels, and more: Labels = .none, _ histogram: Histogram) {
        writeHeader()
        let labels = Self.joined(labels, more)
        let start = bucketStart + labels + (labels.isEmpty ? [] : [UInt8(ascii: ",")])
        var cumulative: UInt64 = 0
        var number: [UInt8] = Array("0\n".utf8)
        for (count, end) in zip(histogram.counts, Self.bucketEnds) {
            if count > 0 {
                cumulative &+= count
                number.removeAll(keepingCapacity: true)
                number.append(decimal: cumulative)
                number.append(UInt8(ascii: "\n"))
            }
            bytes.append(contentsOf: start)
            bytes.append(contentsOf: end)
            bytes.append(contentsOf: number)
        }
        write(suffix: "_sum", labels)
        bytes.append(nanoseconds: histogram.sumNanoseconds, unit: 1_000_000_000)
        bytes.append(UInt8(ascii: "\n"))
        write(suffix: "_count", labels)
        bytes.append(contentsOf: number)
    }

    /// Ends the text; nothing can be added after it.
    mutating func end() {
        pendingHeader = []
        if format == .openMetrics { bytes += "# EOF\n".utf8 }
    }

    /// What follows the labels in each bucket's line, up to its number.
    ///
    /// A bound is written as a float in both formats (`1.0`), as OpenMetrics demands, lest a bucket's series change with the
    /// format.
    private static let bucketEnds: [[UInt8]] = {
        let bounds = Histogram.bounds.map { bound in
            var bytes: [UInt8] = []
            bytes.append(nanoseconds: bound.inNanoseconds, unit: 1_000_000_000)
            if !bytes.contains(UInt8(ascii: ".")) { bytes += ".0".utf8 }
            return bytes
        }
        return (bounds + [Array("+Inf".utf8)]).map { Array("le=\"".utf8) + $0 + Array("\"} ".utf8) }
    }()

    private static func joined(_ labels: Labels, _ more: Labels) -> [UInt8] {
        if more.bytes.isEmpty { return labels.bytes }
        return labels.bytes.isEmpty ? more.bytes : labels.bytes + [UInt8(ascii: ",")] + more.bytes
    }

    private mutating func start(_ labels: Labels, _ more: Labels) {
        writeHeader()
        bytes.append(contentsOf: name)
        if !labels.bytes.isEmpty || !more.bytes.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels.bytes)
            if !labels.bytes.isEmpty, !more.bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: more.bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func writeHeader() {
        guard !pendingHeader.isEmpty else { return }
        bytes.append(contentsOf: pendingHeader)
        pendingHeader = []
    }

    private mutating func write(suffix: String, _ labels: [UInt8]) {
        bytes.append(contentsOf: name)
        bytes += suffix.utf8
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }
}

extension [UInt8] {
    /// Appends a text with backslash and line feed escaped, and the quotation mark where asked for; a carriage return, which
    /// some readers take for a line's end, becomes a space.
    fileprivate mutating func append(escaped text: String, quotationMark: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): self += "\\\\".utf8
            case UInt8(ascii: "\n"): self += "\\n".utf8
            case UInt8(ascii: "\r"): append(UInt8(ascii: " "))
            case UInt8(ascii: "\"") where quotationMark: self += "\\\"".utf8
            default: append(byte)
            }
        }
    }
}
