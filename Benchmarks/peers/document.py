# SPDX-License-Identifier: Apache-2.0
"""Puts what was measured into docs/benchmarks.md, between its marks; the words around them are written by hand."""
import re

import chart
import table
from bellwether import Bellwether
from programs import REPOSITORY
from workloads import WORKLOADS

PAGE = REPOSITORY / "docs" / "benchmarks.md"
CHARTS = REPOSITORY / "docs" / "benchmarks"
_FIGURE = {"rate": ("cpu_us", "CPU µs per probe"), "memory": ("slope", "bytes for each target"),
           "detection": ("p50_ms", "ms, median"), "endpoint": ("p99_us", "µs, 99th percentile")}


def write(everything):
    page = PAGE.read_text()
    for name, result in everything.items():
        if f"<!-- measured: {name} -->" in page:
            body = section(WORKLOADS[name], result)
            page = re.sub(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)",
                          lambda found: found.group(1) + body + found.group(2), page, flags=re.DOTALL)
    PAGE.write_text(page)


def section(workload, result):
    """Chart, table, and how it was taken."""
    key, unit = _FIGURE[workload.measure]
    entries = [(name, row[key], row.get("cpu_spread") if key == "cpu_us" else None)
               for name, row in result["rows"].items() if row.get(key) is not None]
    lines = []
    if len(entries) > 1:
        CHARTS.mkdir(parents=True, exist_ok=True)
        (CHARTS / f"{workload.name}.svg").write_text(
            chart.bars(f"{workload.title}{_size(workload)}", unit, entries, Bellwether.name))
        lines += [f"![{workload.title}: {unit}](benchmarks/{workload.name}.svg)", ""]
    rounds = max((row.get("rounds", 0) for row in result["rows"].values()), default=0)
    lines += [table.render(workload, result["rows"]), "",
              f"{rounds} rounds of {result['seconds']:g} s. {result['machine']}. `{result['command']}`", ""]
    return "\n".join(lines)


def _size(workload):
    if workload.measure != "rate":
        return ""
    return f": {workload.targets:,} targets, each {workload.interval_ms / 1000:g} s"
