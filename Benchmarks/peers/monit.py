# SPDX-License-Identifier: Apache-2.0
"""monit: it looks at one target after the other, in cycles of at least a second."""
import programs
from prober import Prober


class Monit(Prober):
    name = "monit"
    package = "monit"

    def __init__(self):
        self.program = programs.debian("monit", "monit")

    def lacks(self, workload):
        if workload.measure != "rate" or workload.hanging or workload.targets > 2000:
            return "looks at one target after the other"
        if workload.kind not in ("http", "tcp"):
            return "plain HTTP and TCP compared only"
        return "keeps no connections" if workload.keep else None

    def command(self, task):
        protocol = " protocol http" if task.workload.kind == "http" else ""
        hosts = "".join(
            f"check host t{index} with address {address}\n"
            f"  if failed port {port}{protocol} with timeout 1 seconds then alert\n"
            for index, (address, port) in enumerate(task.targets))
        seconds = max(1, task.workload.interval_ms // 1000)
        file = task.folder / "monitrc"
        file.write_text(
            f"set daemon {seconds}\nset pidfile {task.folder}/monit.pid\nset idfile {task.folder}/monit.id\n"
            f"set statefile {task.folder}/monit.state\nset log {task.folder}/monit.log\n{hosts}")
        file.chmod(0o600)
        return [self.program, "-I", "-c", file]
