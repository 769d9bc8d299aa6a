# SPDX-License-Identifier: Apache-2.0
"""Markdown tables of what was measured."""
from workloads import FLAT

_RATE = [
    ("CPU µs per probe", "cpu_us", "{:.1f}"), ("probes/s", "rate", "{:,.0f}"), ("resident MiB", "rss", None),
    ("interval off by: p50 ms", "late_p50_ms", "{:.2f}"), ("p99 ms", "late_p99_ms", "{:.2f}"),
    ("max ms", "late_max_ms", "{:.1f}"), ("all judged after s", "start_s", "{:.2f}")]
_PASSING = ("runs with all targets healthy, %", "passing", "passing")
_IDLE = [("CPU of a core, %", "cpu_share", "share"), *_RATE]
_MEMORY = [("bytes for each target", "slope", "{:,.0f}"), ("MiB with the fewest", "few_rss", None),
           ("MiB with the most", "many_rss", None)]
_DETECTION = [("mean ms", "mean_ms", "{:.0f}"), ("least ms", "min_ms", "{:.0f}"), ("most ms", "max_ms", "{:.0f}")]
_ENDPOINT = [("p50 µs", "p50_us", "{:.0f}"), ("p99 µs", "p99_us", "{:.0f}"), ("most µs", "max_us", "{:.0f}"),
             ("answers/s", "answers", "{:,.0f}"), ("probes/s meanwhile", "rate", "{:,.0f}")]


_OVERLOAD = [("probes/s", "carried", "{:,.0f}"), ("CPU µs per probe", "cpu_us", "{:.1f}"),
             ("caught up after s", "caught_up_s", "{:.1f}")]
_FLAT = [*((f"µs at {count:,}", f"cpu_{count}", "{:.1f}") for count in FLAT), ("off by, %", "off", "share"),
         *((f"probes/s at {count:,}", f"rate_{count}", "{:,.0f}") for count in (FLAT[0], FLAT[-1])),
         (f"MiB at {FLAT[-1]:,}", f"rss_{FLAT[-1]}", None)]


def columns(workload):
    if workload.name == "idle":
        return _IDLE
    return {"rate": _RATE, "memory": _MEMORY, "detection": _DETECTION, "endpoint": _ENDPOINT, "flat": _FLAT,
            "overload": _OVERLOAD}[workload.measure]


def render(workload, rows):
    """A row for each prober; one that was not measured says why."""
    shown = [column for column in columns(workload) if any(row.get(column[1]) is not None for row in rows.values())]
    if any(row.get("passing", 1) not in (None, 1) for row in rows.values()):
        shown.append(_PASSING)
    lines = ["| prober | " + " | ".join(title for title, _, _ in shown) + " |", "|---" * (len(shown) + 1) + "|"]
    for name, row in rows.items():
        if "note" in row:
            lines.append(f"| {name} | {row['note']}" + " |" * len(shown))
        else:
            lines.append(f"| {name}{_loss(row)} | " + " | ".join(_cell(row.get(key), form) for _, key, form in shown) + " |")
    return "\n".join(lines)


def _loss(row):
    """Says that a round failed, after which a prober is not measured again."""
    return f" ({row['rounds']} of {row['planned_rounds']} rounds, the next failed)" if "planned_rounds" in row else ""


def _cell(value, form):
    if value is None:
        return "–"
    if form == "passing":
        return f"{value * 100:.0f}"
    if form == "share":
        return f"{value * 100:.2f}"
    return form.format(value) if form else f"{value / (1 << 20):.0f}"
