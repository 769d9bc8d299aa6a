# SPDX-License-Identifier: Apache-2.0
"""Processes that the benchmark starts, and what the kernel says of their trees."""
import os
import signal
import subprocess
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def tree(process):
    """A process and all that descend from it, as numbers."""
    found, open_ = [], [process]
    while open_:
        one = open_.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                open_ += [int(child) for child in (task / "children").read_text().split()]
        except OSError:  # it has just ended
            pass
    return found


def cpu_seconds(process):
    """User and system time of the tree, of threads that have ended, too: to the nanosecond, of children that ended in clock ticks."""
    nanoseconds = ticks = 0
    for one in tree(process):
        try:
            # The clock of a process that clock_getcpuclockid(3) names, which Python does not have.
            nanoseconds += time.clock_gettime_ns(~one << 3 | 2)
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[13]) + int(fields[14])
        except OSError:
            pass
    return nanoseconds / 1e9 + ticks / TICK


def resident_bytes(process):
    total = 0
    for one in tree(process):
        try:
            for line in Path(f"/proc/{one}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            pass
    return total


class Running:
    """A program on one processor, ended with the `with` block. `log` takes what it writes."""

    def __init__(self, command, core, log, environment=None, output=None):
        self.log = log
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                ["taskset", "-c", core, *map(str, command)], stdin=subprocess.DEVNULL,
                stdout=output or errors, stderr=errors, env={**os.environ, **(environment or {})})
        self.id = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def check(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args[3]} has ended: {Path(self.log).read_text()[-500:]}")

    def stop(self):
        """Asks it to end, and kills what is left of its tree after 10 s."""
        everyone = tree(self.id) if self.process.poll() is None else []
        if everyone:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                for one in everyone:
                    try:
                        os.kill(one, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
        self.process.wait()
