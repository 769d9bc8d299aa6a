# SPDX-License-Identifier: Apache-2.0
"""The yardstick limit.c: what the work costs at least."""
import programs
from prober import Prober


class Limit(Prober):
    name = "raw sockets (the limit)"
    package = "a C compiler"

    def __init__(self):
        self.program = programs.yardstick("limit")

    def lacks(self, workload):
        can = workload.kind in ("http", "tcp", "websocket") and workload.measure in ("rate", "flat")
        return None if can else "plain HTTP, TCP and WebSocket only, and has no endpoint"

    def command(self, task):
        kind = task.workload.kind
        how = kind if kind in ("tcp", "websocket") else "keep" if task.workload.keep else "fresh"
        file = task.folder / "targets"
        file.write_text("".join(f"{address} {port}\n" for address, port in task.targets))
        # It reads them from standard input.
        return ["sh", "-c", f"exec {self.program} {how} {task.workload.interval_ms} < {file}"]
