# SPDX-License-Identifier: Apache-2.0
"""Ports below those that the kernel gives to outgoing connections, of which a run needs many."""
import random
import socket

_given = set()


def is_taken(port):
    """Whether somebody listens on the port, as the kernel's table says; a connection would be one more to count."""
    with open("/proc/net/tcp") as file:
        return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in file if ":" in line)


def free():
    while True:
        port = random.randrange(20000, 32000)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
        _given.add(port)
        return port
