# SPDX-License-Identifier: Apache-2.0
"""What the figures were taken on."""
import ctypes
import os
import platform
import resource
import subprocess
import sys
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


def raise_descriptor_limit():
    """To what this process may have; the probers inherit it. 10,000 kept connections need as many on either side."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def enter_network_namespace():
    """Leaves the network of the machine for one with loopback alone, where nobody else's connections count; root only."""
    new_network = 0x40000000  # CLONE_NEWNET
    if ctypes.CDLL(None, use_errno=True).unshare(new_network):
        print(f"in the network of the machine, whose other TCP connections count as probes: {os.strerror(ctypes.get_errno())}",
              file=sys.stderr)
    else:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def connections_opened():
    """TCP connections that programs of this network namespace have begun so far."""
    with open("/proc/net/snmp") as file:
        names, values = (line.split() for line in file if line.startswith("Tcp:"))
    return int(values[names.index("ActiveOpens")])


def description():
    cores = os.cpu_count()
    return (f"{model()}, {cores} core{'' if cores == 1 else 's'}, Linux {platform.release()}, "
            f"{time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f} at the start")
