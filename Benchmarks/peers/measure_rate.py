# SPDX-License-Identifier: Apache-2.0
"""One prober at work: CPU time for each probe, the rate it keeps, memory, and how even its intervals are."""
import time
from contextlib import ExitStack

import machine
from process import Running, cpu_seconds, resident_bytes
from prober import Task, ask
from target import address
from websocket_server import WebSocketServer
from witness import Witness, deviations, quantile, within

# So many of the targets are witnesses, which note when they are probed.
WITNESSED = 100


def settled(prober, task, running):
    """Seconds from the prober's start until every target has a verdict, or None when the prober does not tell."""
    start, patience = time.monotonic(), 30 + 1.2 * task.workload.interval_ms / 1000
    while time.monotonic() - start < patience:
        running.check()
        asked = time.monotonic()
        judged = prober.judged(task)
        if judged is None:
            time.sleep(2)
            return None
        if judged:
            return time.monotonic() - start
        # The question costs the prober something, with many targets a lot.
        time.sleep(max(0.02, 10 * (time.monotonic() - asked)))
    raise RuntimeError(f"{prober.name} has not judged every target in {patience:.0f} s: {running.log.read_text()[-500:]}")


def measure(prober, workload, nginx, folder, seconds, program=None):
    with ExitStack() as stack:
        witness = Witness(folder, "answer") if workload.is_plain else None
        silent = Witness(folder, "hang") if workload.hanging else None
        for one in filter(None, [witness, silent]):
            stack.callback(one.stop)
        sockets = stack.enter_context(WebSocketServer(folder)) if workload.kind == "websocket" else None
        targets = _targets(workload, sockets.port if sockets else nginx.port(workload.kind), witness, silent)
        task = Task(workload, folder, targets, folder.parent / "target.pem", program)
        running = stack.enter_context(Running(
            prober.command(task), machine.prober_core(), folder / "prober.log", prober.environment(task)))
        start = settled(prober, task, running)
        driver = prober.driver(task)
        if driver:
            stack.enter_context(Running(driver, machine.target_core(), folder / "driver.log"))
        # Until the first runs, which may come in a rush, are over; with a long interval there is a pause behind them.
        time.sleep(1 + workload.interval_ms / 1000 if workload.waits else 1 + min(workload.interval_ms, 2000) / 1000)
        probes, cpu, began = _Count(workload, nginx, folder), cpu_seconds(running.id), time.monotonic()
        time.sleep(seconds)
        running.check()
        cpu, ended, count = cpu_seconds(running.id) - cpu, time.monotonic(), probes.since_then()
        resident = resident_bytes(running.id)
        passing = float(ask(prober.endpoint)[0] == 200) if prober.endpoint and not workload.hanging else None
        notes = [one.stop() if one else [] for one in (witness, silent)]
    arrivals = within(notes[0], workload.kind, began, ended)
    if probes.lacks_witnesses:
        count += len(arrivals) + len(within(notes[1], workload.kind, began, ended))
    late = deviations(arrivals, workload.interval_ms / 1000) if not driver else []
    return {
        "cpu_us": cpu * 1e6 / count if count else None, "rate": count / (ended - began),
        "rss": resident, "start_s": start, "cpu_share": cpu / (ended - began), "passing": passing,
        "late_p50_ms": _ms(quantile(late, 0.5)), "late_p99_ms": _ms(quantile(late, 0.99)),
        "late_max_ms": _ms(late[-1] if late else None)}


class _Count:
    """Counts probes from its making on."""

    def __init__(self, workload, nginx, folder):
        self._kind, self._nginx, self._runs = workload.kind, nginx, folder / "runs"
        # nginx does not see what the witnesses are asked.
        self.lacks_witnesses = workload.kind == "http"
        self._begin = self._now()

    def since_then(self):
        # Asking nginx is a request and a connection of its own.
        return self._now() - self._begin - (self._kind not in ("script", "websocket"))

    def _now(self):
        if self._kind in ("script", "websocket"):
            return self._runs.stat().st_size if self._runs.exists() else 0
        if self._kind == "tcp":
            # A prober may reset the connection instead of sending the last segment of the handshake; then the target does not
            # notice it, but the kernel counts it. The question makes the count comparable with that of the others.
            self._nginx.served()
            return machine.connections_opened()
        return self._nginx.served()


def _ms(seconds):
    return None if seconds is None else seconds * 1000


def _targets(workload, port, witness, silent):
    """The hanging ones and the witnesses are spread among the others."""
    count = workload.targets
    hanging, every = count * workload.hanging // 100, max(1, count // WITNESSED)
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
