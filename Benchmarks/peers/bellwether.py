# SPDX-License-Identifier: Apache-2.0
"""Bellwether, as its package is built, on a configuration that leaves every default but those that make the work equal."""
import json

import ports
import programs
from prober import Prober, ask


class Bellwether(Prober):
    name = "Bellwether"
    package = "as its package is built (make release)"

    def __init__(self, binary=None):
        self.program = binary or programs.agent()
        self._port = ports.free()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self._port}/readyz"

    def command(self, task):
        probes = task.folder / "probes.d"
        probes.mkdir()
        workload = task.workload
        # No jitter, and probing on while a breaker is open, because no peer spares its targets.
        defaults = {
            "interval": f"{workload.interval_ms}ms", "timeout": f"{workload.timeout_ms}ms", "jitter": "0%",
            "breaker": {"while_open": "observe"}}
        for first in range(0, len(task.targets), 4000):
            lines = [f"  target-{index}: {json.dumps(self._probe(task, *task.targets[index]))}"
                     for index in range(first, min(first + 4000, len(task.targets)))]
            (probes / f"{first:06}.yaml").write_text(
                f"defaults: {json.dumps(defaults)}\nprobes:\n" + "\n".join(lines) + "\n")
        (task.folder / "bellwether.yaml").write_text(
            f"agent: {{drain: 0s}}\nlog: {{level: warning}}\nlisten: [{{address: '127.0.0.1:{self._port}'}}]\n")
        return [self.program, "run", "--config", task.folder / "bellwether.yaml", "--probes", probes,
                "--socket", task.folder / "admin.sock"]

    def environment(self, task):
        return {"STATE_DIRECTORY": str(task.folder / "state"), **self._unit()}

    @staticmethod
    def _unit():
        """What the package's unit puts into the environment."""
        lines = (programs.REPOSITORY / "packaging/systemd/bellwether.service").read_text().splitlines()
        return dict(line.removeprefix("Environment=").split("=", 1) for line in lines if line.startswith("Environment="))

    def judged(self, task):
        return ask(self.endpoint.replace("readyz", "startupz"))[0] == 200

    @staticmethod
    def _probe(task, address, port):
        kind, connection = task.workload.kind, "reuse" if task.workload.keep else "fresh"
        if kind == "http":
            return {"http": {"url": f"http://{address}:{port}/", "connection": connection}}
        if kind == "https":
            tls = {"ca": str(task.authority), "server_name": "target"}
            if task.workload.resume:
                tls["resume"] = "10m"
            return {"http": {"url": f"https://{address}:{port}/", "connection": connection, "version": "1.1", "tls": tls}}
        if kind == "grpc":
            return {"grpc": f"{address}:{port}"}
        if kind == "grpcs":
            return {"grpc": {"address": f"{address}:{port}", "tls": {"ca": str(task.authority), "server_name": "target"}}}
        if kind == "websocket":
            return {"websocket": {"url": f"ws://{address}:{port}/", "ping": True}}
        if kind == "script":
            mode = "worker" if task.workload.keep else "once"
            return {"script": {"command": [str(task.program), str(task.folder / "runs"), mode], "mode": mode}}
        return {"tcp": f"{address}:{port}"}
