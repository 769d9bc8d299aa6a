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
        return None if workload.kind in ("http", "tcp") and workload.measure == "rate" else "plain HTTP and TCP only"

    def command(self, task):
        how = "tcp" if task.workload.kind == "tcp" else "keep" if task.workload.keep else "fresh"
        file = task.folder / "targets"
        file.write_text("".join(f"{address} {port}\n" for address, port in task.targets))
        # It reads them from standard input.
        return ["sh", "-c", f"exec {self.program} {how} {task.workload.interval_ms} < {file}"]
