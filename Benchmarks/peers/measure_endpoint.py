# SPDX-License-Identifier: Apache-2.0
"""What a load balancer feels that asks the endpoint while all targets are probed: wrk, over one connection."""
import re
import shutil
import subprocess
import time

import machine
from measure_rate import settled
from process import Running
from prober import Task
from target import address

_UNITS = {"us": 1, "ms": 1000, "s": 1_000_000}


def measure(prober, workload, nginx, folder, seconds, program=None):
    if not shutil.which("wrk"):
        raise RuntimeError("wrk is not installed")
    targets = [(address(index), nginx.http) for index in range(workload.targets)]
    task = Task(workload, folder, targets, folder.parent / "target.pem")
    with Running(prober.command(task), machine.prober_core(), folder / "log", prober.environment(task)) as running:
        settled(prober, task, running)
        time.sleep(1.5)
        before, start = nginx.served(), time.monotonic()
        done = subprocess.run(
            ["taskset", "-c", machine.target_core(), "wrk", "-t1", "-c1", f"-d{int(seconds)}s", "--latency", prober.endpoint],
            capture_output=True, text=True, check=True).stdout
        rate = (nginx.served() - before - 1) / (time.monotonic() - start)
        running.check()
    if "Non-2xx" in done:
        raise RuntimeError(f"{prober.name} did not answer 200: {done}")
    answers = float(re.search(r"Requests/sec:\s+([\d.]+)", done).group(1))
    most = re.search(r"Latency\s+\S+\s+\S+\s+(\S+)", done).group(1)
    p50, p99 = (_time(re.search(rf"^\s+{share}%\s+(\S+)$", done, re.MULTILINE).group(1)) for share in (50, 99))
    return {"p50_us": p50, "p99_us": p99, "max_us": _time(most), "answers": answers, "rate": rate}


def _time(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * _UNITS[unit]
