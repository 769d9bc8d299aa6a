# SPDX-License-Identifier: Apache-2.0
"""The C program witness.c as a target: what it saw, and when."""
import time
from collections import defaultdict

import machine
import ports
import programs
from process import Running


class Witness:
    def __init__(self, folder, mode, port=None):
        self.port = port or ports.free()
        self._notes = folder / f"witness-{self.port}-{time.monotonic_ns()}"
        with open(self._notes, "wb") as output:
            self._running = Running(
                [programs.yardstick("witness"), self.port, mode], machine.target_core(), folder / "witness.log", output=output)

    def stop(self):
        """Ends it and gives what it noted: ("connection" or "request", address, time in s on the monotonic clock)."""
        self._running.stop()
        notes = []
        for line in self._notes.read_text().splitlines():
            what, address, nanoseconds = line.split()
            notes.append((what, address, int(nanoseconds) / 1e9))
        return notes

    @property
    def process(self):
        return self._running.process


def within(notes, kind, start, end):
    """The arrivals of probes in a span of time: connections for TCP, requests for HTTP."""
    what = "connection" if kind == "tcp" else "request"
    return [note for note in notes if note[0] == what and start <= note[2] < end]


def deviations(arrivals, interval):
    """How far the time between two probes of one target was from the interval, in s, sorted."""
    by_target = defaultdict(list)
    for _, address, at in arrivals:
        by_target[address].append(at)
    return sorted(abs(later - earlier - interval)
                  for times in by_target.values() for earlier, later in zip(times, times[1:]))


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
