# SPDX-License-Identifier: Apache-2.0
"""HAProxy's checks, on one thread. Its answer for a load balancer is `monitor-uri` with a condition."""
import socket

import ports
import programs
from prober import Prober


class HAProxy(Prober):
    name = "HAProxy"
    package = "haproxy"

    def __init__(self):
        self.program = programs.debian("haproxy", "haproxy")
        self._port = ports.free()
        self._socket = None

    def lacks(self, workload):
        if workload.kind in ("grpc", "grpcs"):
            return "has no gRPC checks"
        if workload.kind == "websocket":
            return "has no WebSocket checks"
        if workload.keep and workload.measure == "rate":
            return "starts a program for each" if workload.kind == "script" else "has no checks that keep a connection"
        return None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self._port}/readyz"

    def command(self, task):
        workload, self._socket = task.workload, task.folder / "stats.sock"
        option, check, top = {
            "http": ("option httpchk GET /\n http-check send ver HTTP/1.1 hdr Host target", "check", ""),
            "https": ("option httpchk GET /\n http-check send ver HTTP/1.1 hdr Host target",
                      f"check check-ssl check-sni target verify required ca-file {task.authority} verifyhost target"
                      f"{'' if workload.resume else ' no-ssl-reuse'}", ""),
            "tcp": ("", "check", ""),
            "script": (f"option external-check\n external-check command {task.folder}/check", "check",
                       " external-check\n insecure-fork-wanted\n"),
        }[workload.kind]
        if task.program:
            (task.folder / "check").write_text(f"#!/bin/sh\nexec {task.program} {task.folder}/runs\n")
            (task.folder / "check").chmod(0o755)
        servers = "".join(
            f" server t{index} {address}:{port} {check}\n" for index, (address, port) in enumerate(task.targets))
        (task.folder / "haproxy.cfg").write_text(f"""
global
 nbthread 1
 maxconn 1000
 no strict-limits
 stats socket {self._socket}
{top}
defaults
 mode http
 timeout connect {workload.timeout_ms}ms
 timeout check {workload.timeout_ms}ms
 timeout client 5s
 timeout server 5s
backend targets
 {option}
 default-server inter {workload.interval_ms}ms fall 3 rise 2
{servers}
frontend status
 bind 127.0.0.1:{self._port}
 monitor-uri /readyz
 monitor fail if {{ nbsrv(targets) lt {len(task.targets)} }}
""")
        return [self.program, "-db", "-f", task.folder / "haproxy.cfg"]

    def judged(self, task):
        text = b""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(self._socket))
                connection.sendall(b"show stat -1 4 -1\n")
                while piece := connection.recv(1 << 20):
                    text += piece
        except OSError:
            return False
        lines = text.decode().splitlines()
        if not lines:
            return False
        column = lines[0].lstrip("# ").split(",").index("check_status")
        states = [line.split(",")[column] for line in lines[1:] if line]
        # INI: not checked yet; with a star: its first check is under way.
        return len(states) == len(task.targets) and not any(state in ("", "INI", "* INI") for state in states)
