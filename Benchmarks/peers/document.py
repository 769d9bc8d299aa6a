# SPDX-License-Identifier: Apache-2.0
"""Puts what was measured into the pages, between their marks; the words around them are written by hand."""
import re

import capacity
import chart
import goals
import table
from bellwether import Bellwether
from programs import REPOSITORY
from workloads import FLAT, WORKLOADS

PAGE = REPOSITORY / "docs" / "benchmarks.md"
CAPACITY = REPOSITORY / "docs" / "capacity.md"
CHARTS = REPOSITORY / "docs" / "benchmarks"
_FIGURE = {"rate": ("cpu_us", "CPU µs per probe"), "memory": ("slope", "bytes for each target"),
           "detection": ("mean_ms", "ms, mean"), "endpoint": ("p99_us", "µs, 99th percentile"), "overload": ("carried", "probes/s")}


def write(everything):
    sections = {name: section(WORKLOADS[name], result) for name, result in everything.items() if name in WORKLOADS}
    _fill(PAGE, {**sections, "goals": goals.table(everything) + "\n"})
    _fill(CAPACITY, {"capacity": capacity.table(everything) + "\n"})


def _fill(file, sections):
    page = file.read_text()
    for name, body in sections.items():
        page = re.sub(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)",
                      lambda found: found.group(1) + body + found.group(2), page, flags=re.DOTALL)
    file.write_text(page)


def section(workload, result):
    """Chart, table, and how it was taken."""
    drawn = _flat(workload, result["rows"]) if workload.measure == "flat" else _bars(workload, result["rows"])
    lines = []
    if drawn:
        unit, picture = drawn
        CHARTS.mkdir(parents=True, exist_ok=True)
        (CHARTS / f"{workload.name}.svg").write_text(picture)
        lines += [f"![{workload.title}: {unit}](benchmarks/{workload.name}.svg)", ""]
    rounds = max((row.get("rounds", 0) for row in result["rows"].values()), default=0)
    times = "once for" if rounds == 1 else f"{rounds} rounds of"
    lines += [table.render(workload, result["rows"]), "",
              f"Measured {times} {result['seconds']:g} s. {result['machine']}. `{result['command']}`", ""]
    return "\n".join(lines)


def _bars(workload, rows):
    key, unit = ("cpu_share", "% of a core") if workload.name == "idle" else _FIGURE[workload.measure]
    scale = 100 if key == "cpu_share" else 1
    entries = [(name, row[key] * scale, row.get("cpu_spread") if key == "cpu_us" else None)
               for name, row in rows.items() if row.get(key) is not None]
    if len(entries) < 2:
        return None
    return unit, chart.bars(f"{workload.title}{_size(workload)}", unit, entries, Bellwether.name)


def _flat(workload, rows):
    lines = [(name, [row[f"cpu_{count}"] for count in FLAT]) for name, row in rows.items() if "cpu_spread" in row]
    unit = "CPU µs per probe"
    return (unit, chart.lines(workload.title, unit, [f"{count:,} targets" for count in FLAT], lines, Bellwether.name)) if lines else None


def _size(workload):
    if workload.measure != "rate":
        return ""
    return f": {workload.targets:,} targets, each {workload.interval_ms / 1000:g} s"
