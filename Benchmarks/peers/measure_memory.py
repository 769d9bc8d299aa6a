# SPDX-License-Identifier: Apache-2.0
"""Memory for each target: the slope between two numbers of targets, all probed over kept connections where there are such."""
import time
from dataclasses import replace

import machine
from measure_rate import settled
from process import Running, resident_bytes
from prober import Task
from target import address

FEW, MANY = 500, 4500


def measure(prober, workload, nginx, folder, seconds, program=None):
    sizes = {}
    for count in (FEW, MANY):
        place = folder / str(count)
        place.mkdir()
        one = replace(workload, targets=count, interval_ms=2000)
        targets = [(address(index), nginx.http) for index in range(count)]
        task = Task(one, place, targets, folder.parent / "target.pem")
        with Running(prober.command(task), machine.prober_core(), place / "log", prober.environment(task)) as running:
            settled(prober, task, running)
            # Two more rounds of probes, so that every target has all that it will keep.
            time.sleep(5)
            running.check()
            sizes[count] = resident_bytes(running.id)
    return {"slope": (sizes[MANY] - sizes[FEW]) / (MANY - FEW), "few_rss": sizes[FEW], "many_rss": sizes[MANY]}
