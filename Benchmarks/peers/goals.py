# SPDX-License-Identifier: Apache-2.0
"""What Bellwether is meant to reach, as ratios within one run, and whether it does."""
from dataclasses import dataclass

from bellwether import Bellwether
from envoy import Envoy
from haproxy import HAProxy
from limit import Limit
from workloads import WORKLOADS

BEST = "the best peer"


@dataclass(frozen=True)
class Goal:
    workload: str
    # The figure, as the measurement calls it, and for people.
    key: str
    figure: str
    # Beside whom: a prober's name, BEST, or None for an absolute goal.
    beside: str | None
    most: float
    # Of an absolute goal.
    unit: str = ""


_CPU = "CPU per probe"
GOALS = [
    Goal("http-keep", "cpu_us", _CPU, Envoy.name, 0.55),
    Goal("http-keep", "cpu_us", _CPU, Limit.name, 1.3),
    Goal("http-fresh", "cpu_us", _CPU, HAProxy.name, 0.95),
    Goal("http-fresh", "cpu_us", _CPU, Limit.name, 1.15),
    Goal("tcp", "cpu_us", _CPU, HAProxy.name, 0.95),
    Goal("https-keep", "cpu_us", _CPU, BEST, 1.0),
    Goal("https-fresh", "cpu_us", _CPU, BEST, 1.0),
    Goal("https-full", "cpu_us", _CPU, BEST, 1.0),
    Goal("memory", "slope", "bytes for each target", HAProxy.name, 1.0),
    Goal("http-keep", "late_p99_ms", "interval off by, p99", None, 2, "ms"),
    Goal("http-fresh", "late_p99_ms", "interval off by, p99", None, 2, "ms"),
    Goal("hanging-1", "late_p99_ms", "interval off by, p99", None, 2, "ms"),
    Goal("hanging-10", "late_p99_ms", "interval off by, p99", None, 2, "ms"),
    Goal("hanging-50", "late_p99_ms", "interval off by, p99", None, 2, "ms"),
    Goal("flat", "off", "CPU per probe, 100 to 50,000 targets: off by", None, 0.15, "%"),
    Goal("detection", "mean_ms", "time to 503, mean", BEST, 1.05),
    Goal("endpoint", "p99_us", "answer, p99", BEST, 1.0),
    Goal("http-keep-10k", "cpu_us", _CPU, BEST, 1.0),
    Goal("http-fresh-10k", "cpu_us", _CPU, BEST, 1.0),
    Goal("http-fresh-50k", "cpu_us", _CPU, BEST, 1.0),
    Goal("grpc", "cpu_us", _CPU, BEST, 1.0),
    Goal("grpcs-keep", "cpu_us", _CPU, BEST, 1.0),
    Goal("script", "cpu_us", _CPU, BEST, 1.0),
    Goal("idle", "cpu_share", "share of a core", BEST, 1.0),
]


def table(everything):
    """Markdown: every goal, and whether it was met; one that was not measured says so."""
    lines = ["| workload | figure | Bellwether | beside | ratio | goal | |", "|---|---|---|---|---|---|---|"]
    met = measured = 0
    for goal in GOALS:
        rows = everything.get(goal.workload, {}).get("rows", {})
        own, other, name = rows.get(Bellwether.name, {}).get(goal.key), None, goal.beside
        if goal.beside:
            name, other = _beside(goal, rows)
        wanted = f"≤ {goal.most * 100:g} %" if goal.unit == "%" else f"≤ {goal.most:g} {goal.unit or '×'}"
        cells = [_title(WORKLOADS[goal.workload]), goal.figure, shown(goal.key, own)]
        if own is None or (goal.beside and other is None):
            lines.append("| " + " | ".join([*cells, name or "–", "–", wanted, "not measured"]) + " |")
            continue
        value = own / other if goal.beside else own
        passing = rows[Bellwether.name].get("passing")
        is_met = value <= goal.most and passing in (None, 1)
        measured, met = measured + 1, met + is_met
        beside = f"{name}: {shown(goal.key, other)}" if goal.beside else "–"
        ratio = f"{value:.2f}" if goal.beside else "–"
        lines.append("| " + " | ".join([*cells, beside, ratio, wanted, "met" if is_met else "**missed**"]) + " |")
    return "\n".join([f"{met} of {measured} goals that were measured are met.", "", *lines])


def _title(workload):
    return workload.title if workload.measure != "rate" else f"{workload.title}: {workload.targets:,} each {workload.interval_ms / 1000:g} s"


def _beside(goal, rows):
    """Name and figure of whom Bellwether is compared with."""
    if goal.beside != BEST:
        return goal.beside, rows.get(goal.beside, {}).get(goal.key)
    peers = {name: row[goal.key] for name, row in rows.items()
             if name not in (Bellwether.name, Limit.name) and row.get(goal.key) is not None}
    best = min(peers, key=peers.get, default=None)
    return best or BEST, peers.get(best)


def shown(key, value):
    if value is None:
        return "–"
    if key in ("off", "cpu_share"):
        return f"{value * 100:.3g} %"
    unit = {"cpu_us": "µs", "slope": "B", "late_p99_ms": "ms", "mean_ms": "ms", "p99_us": "µs"}[key]
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
