# SPDX-License-Identifier: Apache-2.0
"""How long after a target's end the prober's endpoint answers 503: the same interval, three failures for all."""
import http.client
import math
import time

import machine
from measure_rate import settled
from process import Running
from prober import Task
from witness import Witness

TIMES = 5


def measure(prober, workload, nginx, folder, seconds, program=None):
    witness = Witness(folder, "answer")
    taken = []
    try:
        task = Task(workload, folder, [("127.0.0.1", witness.port)], folder.parent / "target.pem")
        with Running(prober.command(task), machine.prober_core(), folder / "log", prober.environment(task)) as running:
            settled(prober, task, running)
            interval, base = workload.interval_ms / 1000, time.monotonic()
            for turn in range(TIMES):
                _await(prober, running, 200)
                # At moments that are spread evenly over the interval, so that chance favours nobody; and late enough for
                # whatever needs several successes, such as a breaker that is half-open.
                moment = base + turn / TIMES * interval
                time.sleep(moment + math.ceil((time.monotonic() + 4 - moment) / interval) * interval - time.monotonic())
                start = time.monotonic()
                witness.process.kill()
                witness.process.wait()
                _await(prober, running, 503)
                taken.append((time.monotonic() - start) * 1000)
                witness = Witness(folder, "answer", witness.port)
    finally:
        witness.stop()
    taken.sort()
    return {"mean_ms": sum(taken) / len(taken), "min_ms": taken[0], "max_ms": taken[-1]}


def _await(prober, running, status):
    host, path = prober.endpoint.removeprefix("http://").split("/", 1)
    connection = http.client.HTTPConnection(host, timeout=5)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection.request("GET", f"/{path}")
            answer = connection.getresponse()
            answer.read()
            if answer.status == status:
                return
        except (OSError, http.client.HTTPException):
            connection.close()
        time.sleep(0.002)
    running.check()
    raise RuntimeError(f"{prober.name} does not answer {status} within 60 s")
