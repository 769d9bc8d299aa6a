// SPDX-License-Identifier: Apache-2.0

/// Measurements as lines of text.
struct Table {
    let measurements: [Measurement]

    /// Aligned columns with a heading.
    var aligned: [String] {
        let rows = [["operation", "median ns", "range ns", "allocations", "goal", ""]] + measurements.map(row)
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 || column >= 4 ? cell + padding : padding + cell
            }
            return trimmed(cells.joined(separator: "  "))
        }
    }

    /// Name, median, minimum, maximum and allocations between tabs, for scripts.
    var tabbed: [String] {
        measurements.map { measurement in
            let figures = [measurement.median, measurement.fastest, measurement.slowest, measurement.allocations]
            return ([measurement.benchmark.name] + figures.map(decimal)).joined(separator: "\t")
        }
    }

    private func row(_ measurement: Measurement) -> [String] {
        let benchmark = measurement.benchmark
        let bound = benchmark.goal?.bound { name in measurements.first { $0.benchmark.name == name }?.median }
        var goals: [String] = []
        if let bound { goals.append("≤ \(decimal(bound)) ns") }
        if let maximum = benchmark.maximumAllocations { goals.append("≤ \(maximum) allocations") }
        let isMet =
            bound.map { measurement.median <= $0 } ?? true
            && benchmark.maximumAllocations.map { measurement.allocations <= Double($0) } ?? true
        return [
            benchmark.name,
            decimal(measurement.median),
            "\(decimal(measurement.fastest)) … \(decimal(measurement.slowest))",
            decimal(measurement.allocations),
            goals.joined(separator: ", "),
            goals.isEmpty ? "" : isMet ? "met" : "missed",
        ]
    }

    /// One place after the point, and none where it says nothing.
    private func decimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths.isMultiple(of: 10) || abs(tenths) >= 1_000 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
    }

    private func trimmed(_ line: String) -> String {
        String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
    }
}
