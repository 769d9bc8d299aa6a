# SPDX-License-Identifier: Apache-2.0
"""What is measured: each workload has a name that `bench` takes."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    # http, https, tcp, grpc, grpcs, websocket or script.
    kind: str = "http"
    keep: bool = True
    targets: int = 2000
    interval_ms: int = 500
    # Whether a new TLS connection resumes the session of the one before.
    resume: bool = False
    # Share of the targets, in percent, that take a request and never answer.
    hanging: int = 0
    # Which measurement it is: rate, memory, detection, endpoint, flat, overload.
    measure: str = "rate"
    # How often and for how long every prober is measured, unless `bench` is told otherwise.
    rounds: int = 3
    seconds: float = 4

    @property
    def rate(self):
        return self.targets * 1000 // self.interval_ms

    @property
    def timeout_ms(self):
        return min(self.interval_ms * 4 // 5, 2000)

    @property
    def waits(self):
        """Whether the interval is so long that the first one tells nothing."""
        return self.interval_ms > 10_000

    @property
    def is_plain(self):
        """Whether the targets are asked without TLS, over HTTP/1.1 or TCP alone: witnesses can stand in for some of them."""
        return self.kind in ("http", "tcp")


# The numbers of targets that `flat` probes, all at FLAT_RATE probes a second.
FLAT, FLAT_RATE = (100, 2000, 10000, 50000), 1000

_ALL = [
    Workload("http-keep", "HTTP, connections kept", seconds=5),
    Workload("http-fresh", "HTTP, a connection for each probe", keep=False, seconds=5),
    Workload("tcp", "TCP connections", kind="tcp", keep=False, seconds=5),
    Workload("https-keep", "HTTPS, connections kept", kind="https", targets=1000, interval_ms=2000),
    Workload("https-fresh", "HTTPS, a connection for each probe", kind="https", keep=False, targets=1000, interval_ms=2000,
             resume=True),
    Workload("https-full", "HTTPS, a full handshake for each probe", kind="https", keep=False, targets=1000, interval_ms=2000),
    Workload("memory", "Memory for each target", measure="memory", rounds=1),
    Workload("detection", "From a target's end to 503", targets=1, keep=False, measure="detection", rounds=1),
    Workload("endpoint", "Answers to the load balancer while probing", measure="endpoint"),
    Workload("hanging-1", "HTTP, 1 % of the targets hang", keep=False, hanging=1, rounds=2),
    Workload("hanging-10", "HTTP, 10 % of the targets hang", keep=False, hanging=10, rounds=2),
    Workload("hanging-50", "HTTP, 50 % of the targets hang", keep=False, hanging=50, rounds=2),
    Workload("http-keep-10k", "HTTP, connections kept", targets=10000, interval_ms=1000, rounds=2),
    Workload("http-fresh-10k", "HTTP, a connection for each probe", keep=False, targets=10000, interval_ms=1000, rounds=2),
    Workload("overload", "HTTP, a connection for each probe, on a quarter of a processor", keep=False, targets=10000, interval_ms=1000,
             measure="overload", rounds=2, seconds=6),
    Workload("grpc", "gRPC health, connections kept", kind="grpc", interval_ms=2000),
    Workload("grpcs-keep", "gRPC health over TLS, connections kept", kind="grpcs", targets=1000, interval_ms=2000, rounds=2),
    Workload("websocket", "WebSocket: upgrade, ping, close", kind="websocket", keep=False, targets=200, interval_ms=1000, rounds=2),
    Workload("script", "A program for each probe", kind="script", keep=False, targets=200, interval_ms=1000, rounds=2),
    Workload("worker", "Scripts that stay and answer", kind="script", targets=200, interval_ms=1000, rounds=2),
    # Longer than the interval, so that every target is seen twice.
    Workload("http-fresh-50k", "HTTP, a connection for each probe", keep=False, targets=50000, interval_ms=10000, rounds=1, seconds=12),
    Workload("flat", "HTTP, a connection for each probe, 1,000 a second", keep=False, measure="flat", rounds=1, seconds=6),
    Workload("idle", "HTTP, connections kept, once a minute", targets=10000, interval_ms=60000, rounds=1, seconds=20),
]
WORKLOADS = {workload.name: workload for workload in _ALL}
