# SPDX-License-Identifier: Apache-2.0
"""A prober whose processor others take as well: what it still carries, whether it blames its targets, and when it has caught up."""
import time
from contextlib import ExitStack

import machine
from measure_rate import settled
from process import Running, cpu_seconds
from prober import Task, ask
from target import address

# So many loops that do nothing run beside the prober, so that it has a quarter of its processor.
BESIDE = 3
# The longest that is waited until all targets are probed in time again, in s.
PATIENCE = 30


def measure(prober, workload, nginx, folder, seconds, program=None):
    targets = [(address(index), nginx.port(workload.kind)) for index in range(workload.targets)]
    task = Task(workload, folder, targets, folder.parent / "target.pem")
    with Running(prober.command(task), machine.prober_core(), folder / "log", prober.environment(task)) as running:
        settled(prober, task, running)
        time.sleep(1 + workload.interval_ms / 1000)
        with ExitStack() as others:
            for _ in range(BESIDE):
                others.enter_context(Running(["sh", "-c", "while :; do :; done"], machine.prober_core(), folder / "others.log"))
            # Until what it cannot do has piled up.
            time.sleep(2 * workload.interval_ms / 1000)
            before, cpu, began = nginx.served(), cpu_seconds(running.id), time.monotonic()
            time.sleep(seconds)
            count, cpu, took = nginx.served() - before - 1, cpu_seconds(running.id) - cpu, time.monotonic() - began
        caught_up = _caught_up(workload, nginx)
        running.check()
        passing = float(ask(prober.endpoint)[0] == 200) if prober.endpoint else None
    return {"carried": count / took, "cpu_us": cpu * 1e6 / max(1, count), "caught_up_s": caught_up, "passing": passing}


def _caught_up(workload, nginx):
    """Seconds from now until a second has its probes again; PATIENCE when none had by then."""
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        before, began = nginx.served(), time.monotonic()
        time.sleep(1)
        if (nginx.served() - before - 1) / (time.monotonic() - began) >= 0.97 * workload.rate:
            return began - start
    return float(PATIENCE)
