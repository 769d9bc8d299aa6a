# SPDX-License-Identifier: Apache-2.0
"""What the figures were taken on."""
import os
import platform
import time


def processors():
    """The processors that this process may use; probers run on the first, targets and clients on the last."""
    return sorted(os.sched_getaffinity(0))


def prober_core():
    return str(processors()[0])


def target_core():
    return str(processors()[-1])


def model():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def description():
    cores = os.cpu_count()
    return (f"{model()}, {cores} core{'' if cores == 1 else 's'}, Linux {platform.release()}, "
            f"{time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f} at the start")
