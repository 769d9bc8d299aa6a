# SPDX-License-Identifier: Apache-2.0
"""blackbox_exporter: it has no schedule, so wrk asks it for one probe after the other, as fast as it answers."""
import json
import shutil

import machine
import ports
import programs
from prober import Prober, ask


class Blackbox(Prober):
    name = "blackbox_exporter"
    package = "prometheus-blackbox-exporter"

    def __init__(self):
        self.program = programs.debian("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
        self._port = ports.free()

    @property
    def missing(self):
        return super().missing or (None if shutil.which("wrk") else "wrk, which drives it, is not installed")

    def lacks(self, workload):
        if workload.measure != "rate" or workload.hanging or workload.targets > 2000:
            return "has no schedule: its probes cost what they cost above"
        if workload.kind == "script":
            return "runs no programs"
        if workload.kind == "websocket":
            return "has no WebSocket prober"
        return "keeps no connections" if workload.keep else None

    def command(self, task):
        timeout = f"{task.workload.timeout_ms}ms"
        tls = {"ca_file": str(task.authority), "server_name": "target"}
        http = {"prober": "http", "timeout": timeout, "http": {"preferred_ip_protocol": "ip4"}}
        if task.workload.kind == "https":
            http["http"]["tls_config"] = tls
        grpc = {"prober": "grpc", "timeout": timeout, "grpc": {"preferred_ip_protocol": "ip4"}}
        tcp = {"prober": "tcp", "timeout": timeout, "tcp": {"preferred_ip_protocol": "ip4"}}
        (task.folder / "blackbox.yml").write_text(
            json.dumps({"modules": {"http": http, "https": http, "tcp": tcp, "grpc": grpc}}))
        return [self.program, f"--config.file={task.folder}/blackbox.yml",
                f"--web.listen-address=127.0.0.1:{self._port}", "--log.level=error"]

    def environment(self, task):
        return {"GOMAXPROCS": "1"}

    def judged(self, task):
        return ask(f"http://127.0.0.1:{self._port}/-/healthy")[0] == 200

    def driver(self, task):
        kind = task.workload.kind
        before = f"{kind}://" if kind.startswith("http") else ""
        after = "/" if before else ""
        listed = ",".join(f'"{before}{address}:{port}{after}"' for address, port in task.targets)
        (task.folder / "targets.lua").write_text(f"""
local targets, at = {{{listed}}}, 0
request = function()
  at = at % #targets + 1
  return wrk.format("GET", "/probe?module={kind}&target=" .. targets[at])
end
""")
        return ["wrk", "-t1", "-c2", "-d600s", "-s", task.folder / "targets.lua", f"http://127.0.0.1:{self._port}/"]
