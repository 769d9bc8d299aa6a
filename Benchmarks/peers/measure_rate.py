# SPDX-License-Identifier: Apache-2.0
"""One prober at work: CPU time for each probe, the rate it keeps, memory, and how even its intervals are."""
import time
from contextlib import ExitStack

import machine
from process import Running, cpu_seconds, resident_bytes
from prober import Task
from target import address
from witness import Witness, deviations, quantile, within

# So many of the targets are witnesses, which note when they are probed.
WITNESSED = 100


def settled(prober, task, running):
    """Seconds from the prober's start until every target has a verdict, or None when the prober does not tell."""
    start = time.monotonic()
    while time.monotonic() - start < 90:
        running.check()
        judged = prober.judged(task)
        if judged is None:
            time.sleep(2)
            return None
        if judged:
            return time.monotonic() - start
        time.sleep(0.02)
    raise RuntimeError(f"{prober.name} has not judged every target in 90 s: {running.log.read_text()[-500:]}")


def measure(prober, workload, nginx, folder, seconds, program=None):
    with ExitStack() as stack:
        plain = workload.kind in ("http", "tcp")
        witness = Witness(folder, "answer") if plain else None
        silent = Witness(folder, "hang") if workload.hanging else None
        for one in filter(None, [witness, silent]):
            stack.callback(one.stop)
        task = Task(workload, folder, _targets(workload, nginx, witness, silent), folder.parent / "target.pem", program)
        running = stack.enter_context(Running(
            prober.command(task), machine.prober_core(), folder / "prober.log", prober.environment(task)))
        start = settled(prober, task, running)
        driver = prober.driver(task)
        if driver:
            stack.enter_context(Running(driver, machine.target_core(), folder / "driver.log"))
        time.sleep(1 + min(workload.interval_ms, 2000) / 1000)
        runs = folder / "runs"

        def served():
            if workload.kind == "script":
                return runs.stat().st_size if runs.exists() else 0
            return nginx.served(workload.kind)

        served_before, cpu_before, began = served(), cpu_seconds(running.id), time.monotonic()
        time.sleep(seconds)
        running.check()
        cpu, ended = cpu_seconds(running.id) - cpu_before, time.monotonic()
        probes = served() - served_before - (workload.kind != "script")
        resident = resident_bytes(running.id)
        notes = [witness.stop() if witness else [], silent.stop() if silent else []]
    arrivals = within(notes[0], workload.kind, began, ended)
    probes += len(arrivals) + len(within(notes[1], workload.kind, began, ended))
    if prober.unseen(workload):
        probes = workload.rate * (ended - began)
    late = deviations(arrivals, workload.interval_ms / 1000) if not driver else []
    return {
        "cpu_us": cpu * 1e6 / probes if probes else None, "rate": probes / (ended - began),
        "rss": resident, "start_s": start, "cpu_share": cpu / (ended - began),
        "late_p50_ms": _ms(quantile(late, 0.5)), "late_p99_ms": _ms(quantile(late, 0.99)),
        "late_max_ms": _ms(late[-1] if late else None)}


def _ms(seconds):
    return None if seconds is None else seconds * 1000


def _targets(workload, nginx, witness, silent):
    """The hanging ones and the witnesses are spread among the others."""
    count = workload.targets
    hanging, every = count * workload.hanging // 100, max(1, count // WITNESSED)
    port = nginx.port(workload.kind) if workload.kind != "script" else 1
    targets = []
    for index in range(count):
        # Whole numbers of hanging targets so far, so that they are spread evenly.
        if silent and (index + 1) * hanging // count > index * hanging // count:
            targets.append((address(index), silent.port))
        elif witness and index % every == 0:
            targets.append((address(index), witness.port))
        else:
            targets.append((address(index), port))
    return targets
