# SPDX-License-Identifier: Apache-2.0
"""Holds the agent behind a unix socket against its own OpenAPI description.

usage: api_conformance.py SOCKET

Checks that the description is valid OpenAPI 3.1, then lets schemathesis make requests of it, legal and illegal ones, and check
the answers. schemathesis knows no unix sockets, so a port of loopback is forwarded to it. Exits 0 when all is well.
"""
import http.client
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading

from openapi_spec_validator import validate


# A window for targets that are not there is refused, which no schema can say.
CONFIGURATION = """
[[operations]]
include-path = "/api/v1/maintenance"
checks.positive_data_acceptance.expected-statuses = ["2xx", "403", "422", "429"]
"""


class UnixConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(sys.argv[1])


class Forward(socketserver.BaseRequestHandler):
    """One connection, both ways, until either side ends."""

    def handle(self):
        with socket.socket(socket.AF_UNIX) as agent:
            agent.connect(sys.argv[1])
            other = threading.Thread(target=self.pump, args=(agent, self.request), daemon=True)
            other.start()
            self.pump(self.request, agent)
            other.join(30)

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


connection = UnixConnection("localhost")
connection.request("GET", "/api/v1/openapi.json")
description = json.load(connection.getresponse())
validate(description)
print("the description is valid: %d paths" % len(description["paths"]))

with Server(("127.0.0.1", 0), Forward) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open("openapi.json", "w") as file:
        json.dump(description, file)
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", "schemathesis.toml", "run",
        "openapi.json", "--url", "http://127.0.0.1:%d" % server.server_address[1],
        # Events have no end.
        "--exclude-path", "/api/v1/events",
        "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "17", "--request-timeout", "10",
        "--generation-database", "none", "--no-color",
    ]
    with open("schemathesis.toml", "w") as file:
        file.write(CONFIGURATION)
    try:
        code = subprocess.run(command, timeout=120, check=False).returncode
    except subprocess.TimeoutExpired:
        print("schemathesis did not end in time")
        code = 1
sys.exit(code)
