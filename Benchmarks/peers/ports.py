# SPDX-License-Identifier: Apache-2.0
"""Ports below those that the kernel gives to outgoing connections, of which a run needs many."""
import random
import socket

_given = set()


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
