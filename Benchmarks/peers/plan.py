# SPDX-License-Identifier: Apache-2.0
"""Which workloads a run measures, and how long that takes."""
from dataclasses import replace

import measure_detection
from workloads import FLAT, FLAT_RATE, WORKLOADS

# Start, stop, and the time that is let pass before and around the measuring, as seen in runs, in s.
_AROUND = 4


def workloads(names, rounds, seconds):
    return [replace(workload, rounds=rounds or workload.rounds, seconds=seconds or workload.seconds)
            for name, workload in WORKLOADS.items() if not names or name in names]


def told(chosen, probers):
    """What is going to be done, for who waits for it."""
    whole = sum(_seconds(workload, probers) for workload in chosen)
    listed = ", ".join(f"{workload.name} ({_seconds(workload, probers) / 60:.1f})" for workload in chosen)
    return f"about {whole / 60:.0f} minutes: {listed}"


def command(arguments):
    shown = list(arguments)
    if "--binary" in shown:
        # Where the program lay is of one machine.
        place = shown.index("--binary")
        del shown[place:place + 2]
    return f"make bench ARGUMENTS='{' '.join(shown)}'" if shown else "make bench"


def _seconds(workload, probers):
    part = [prober for prober in probers if not prober.missing and not prober.lacks(workload)]
    return workload.rounds * sum(_once(workload, hasattr(prober, "endpoint") and prober.endpoint is not None) for prober in part)


def _once(workload, waits):
    """Seconds of one measurement; `waits` says whether every target's first verdict is waited for."""
    if workload.measure == "flat":
        return sum(_rate(count * 1000 // FLAT_RATE, workload.seconds, waits) for count in FLAT)
    if workload.measure == "overload":
        return _rate(workload.interval_ms, workload.seconds, waits) + 4 * workload.interval_ms / 1000
    if workload.measure == "memory":
        return 2 * (2 + 5 + _AROUND)
    if workload.measure == "detection":
        return measure_detection.TIMES * 8
    return _rate(workload.interval_ms, workload.seconds, waits) + (workload.interval_ms / 1000 if workload.waits else 0)


def _rate(interval_ms, seconds, waits):
    return seconds + _AROUND + min(interval_ms, 2000) / 1000 + (interval_ms / 1000 if waits else 0)
