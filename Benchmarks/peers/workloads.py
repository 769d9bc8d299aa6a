# SPDX-License-Identifier: Apache-2.0
"""What is measured: each workload has a name that `bench` takes."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    kind: str = "http"
    keep: bool = True
    targets: int = 2000
    interval_ms: int = 500
    # Share of the targets, in percent, that take a request and never answer.
    hanging: int = 0
    # Which measurement it is: rate, memory, start, detection, endpoint.
    measure: str = "rate"

    @property
    def rate(self):
        return self.targets * 1000 // self.interval_ms

    @property
    def timeout_ms(self):
        return min(self.interval_ms * 4 // 5, 2000)


_ALL = [
    Workload("http-keep", "HTTP, connections kept"),
    Workload("http-fresh", "HTTP, a connection for each probe", keep=False),
    Workload("tcp", "TCP connections", kind="tcp", keep=False),
    Workload("memory", "Memory for each target", measure="memory"),
    Workload("hanging-1", "HTTP, 1 % of the targets hang", keep=False, hanging=1),
    Workload("hanging-10", "HTTP, 10 % of the targets hang", keep=False, hanging=10),
    Workload("hanging-50", "HTTP, 50 % of the targets hang", keep=False, hanging=50),
    Workload("https-keep", "HTTPS, connections kept", kind="https", targets=1000, interval_ms=2000),
    Workload("https-fresh", "HTTPS, a connection for each probe", kind="https", keep=False, targets=1000, interval_ms=2000),
    Workload("http-keep-10k", "HTTP, connections kept", targets=10000, interval_ms=1000),
    Workload("http-fresh-10k", "HTTP, a connection for each probe", keep=False, targets=10000, interval_ms=1000),
    Workload("detection", "From a target's end to 503", targets=1, keep=False, measure="detection"),
    Workload("endpoint", "Answers to the load balancer while probing", measure="endpoint"),
    Workload("http-fresh-50k", "HTTP, a connection for each probe", keep=False, targets=50000, interval_ms=10000),
    Workload("script", "A program for each probe", kind="script", keep=False, targets=200, interval_ms=1000),
    Workload("worker", "Scripts that stay and answer", kind="script", targets=200, interval_ms=1000),
    Workload("grpc", "gRPC health, a connection for each probe", kind="grpc", keep=False, interval_ms=2000),
    Workload("idle", "HTTP, connections kept, once a minute", targets=10000, interval_ms=60000),
]
WORKLOADS = {workload.name: workload for workload in _ALL}
