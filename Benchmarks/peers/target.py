# SPDX-License-Identifier: Apache-2.0
"""The targets: one nginx process that listens on every loopback address, and counts what it is asked."""
import subprocess
import time
import urllib.request

import machine
import ports
from process import Running

# A gRPC answer "SERVING" of grpc.health.v1: not compressed, 2 bytes, field 1 is 1.
SERVING = b"\0\0\0\0\2\x08\x01"


def address(index):
    """The address of a target: each has its own, as in life, where no two share a connection."""
    return f"127.0.{index // 250}.{index % 250 + 1}"


def certificates(folder):
    """An authority in target.pem, and a certificate of it, for the name "target", in leaf.pem and leaf.key."""
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
    authority, leaf = folder / "target", folder / "leaf"
    for command in (
        [*new, "-subj", "/CN=authority", "-keyout", f"{authority}.key", "-out", f"{authority}.pem"],
        ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=target",
         "-keyout", f"{leaf}.key", "-out", f"{leaf}.csr"],
    ):
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    (folder / "leaf.ext").write_text("subjectAltName=DNS:target\nbasicConstraints=CA:FALSE\n")
    subprocess.run(
        ["openssl", "x509", "-req", "-in", f"{leaf}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
         "-CAcreateserial", "-days", "30", "-extfile", f"{leaf}.ext", "-out", f"{leaf}.pem"],
        check=True, stderr=subprocess.DEVNULL)


class Nginx:
    def __init__(self, folder):
        self.http, self.https, self.grpc, self.grpcs, self._status = (ports.free() for _ in range(5))
        certificates(folder)
        service = folder / "www" / "grpc.health.v1.Health"
        service.mkdir(parents=True)
        (service / "Check").write_bytes(SERVING)
        (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.err; user root;
worker_rlimit_nofile 20000;
events {{ worker_connections 19000; multi_accept on; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; reset_timedout_connection on;
  ssl_certificate {folder}/leaf.pem; ssl_certificate_key {folder}/leaf.key;
  ssl_protocols TLSv1.3; ssl_session_tickets on;
  server {{ listen {self.http} backlog=8192; location / {{ return 200 "ok\\n"; }} }}
  server {{ listen {self.https} ssl backlog=8192; location / {{ return 200 "ok\\n"; }} }}
  server {{
    listen {self.grpc} http2 backlog=8192; listen {self.grpcs} http2 ssl backlog=8192; root {folder}/www; default_type application/grpc; etag off;
    error_page 405 =200 $uri; add_trailer grpc-status 0;
    # With a length, libcurl takes the body's end for the answer's; no gRPC server sends one, nor does nginx after this filter.
    ssi on; ssi_types application/grpc;
  }}
  server {{ listen 127.0.0.1:{self._status}; location / {{ stub_status; }} }}
}}
""")
        self._folder = folder
        self.start()

    def start(self):
        """Starts it, also again after it has ended."""
        self._running = Running(
            ["nginx", "-c", self._folder / "nginx.conf", "-e", self._folder / "nginx.err"], machine.target_core(),
            self._folder / "nginx.log")
        for _ in range(100):
            try:
                self._numbers()
                return
            except OSError:
                self._running.check()
                time.sleep(0.05)
        raise RuntimeError("nginx does not answer after 5 s")

    def _numbers(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._status}/", timeout=5) as answer:
            return [int(word) for word in answer.read().split() if word.isdigit()]

    def port(self, kind):
        # Programs are not asked at any port.
        return {"http": self.http, "tcp": self.http, "https": self.https, "grpc": self.grpc, "grpcs": self.grpcs, "script": 1}[kind]

    def served(self):
        """How many requests it has taken so far. Asking is one of them."""
        _, _, _, requests, *_ = self._numbers()
        return requests

    def stop(self):
        self._running.stop()
