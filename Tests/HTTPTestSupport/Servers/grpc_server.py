# SPDX-License-Identifier: Apache-2.0
"""The health service of grpcio: the independent peer of the gRPC probe.

Prints its port, then takes commands from standard input, a line each, and answers each with "ok":
  set SERVICE STATUS   (the service "-" is the whole server)
  hang                 (a Watch that begins now is not answered before "go on")
  end                  (graceful: every stream ends with its status)
It ends when standard input does. Services with a name of their own behaviour: "slow" sleeps 30 s, "metadata" tells the x-key
values it was sent, "draining" aborts as UNAVAILABLE.
"""
import argparse
import sys
import threading
import time
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc


answering = threading.Event()
answering.set()


class Servicer(health.HealthServicer):
    def Check(self, request, context):
        if request.service == "slow":
            time.sleep(30)
        if request.service == "metadata":
            values = [f"{k}={v!r}" for k, v in context.invocation_metadata() if k.startswith("x-")]
            context.abort(grpc.StatusCode.UNAUTHENTICATED, " ".join(values))
        if request.service == "deadline":
            context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, f"{context.time_remaining() * 1000:.0f}")
        if request.service == "draining":
            context.abort(grpc.StatusCode.UNAVAILABLE, "draining 50% done, größer")
        return super().Check(request, context)

    def Watch(self, request, context, send_response_callback=None):
        answering.wait()
        return super().Watch(request, context, send_response_callback)


class OnlyCheck(Servicer):
    def Watch(self, request, context, send_response_callback=None):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no Watch here")


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--service", choices=["all", "check", "none"], default="all")
options = parser.parse_args()

server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=[("grpc.so_reuseport", 0)])
# Blocking: the other kind sends the first status of a Watch while it holds the lock that the end of another Watch waits for, on the
# only thread that could tell it that its status was sent, so that two agents can bring the whole server to a stand.
servicer = (Servicer if options.service == "all" else OnlyCheck)(experimental_non_blocking=False)
if options.service != "none":
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
servicer.set("", health_pb2.HealthCheckResponse.SERVING)
address = f"127.0.0.1:{options.port}"
if options.certificate:
    with open(options.key, "rb") as key, open(options.certificate, "rb") as certificate:
        credentials = grpc.ssl_server_credentials([(key.read(), certificate.read())])
    port = server.add_secure_port(address, credentials)
else:
    port = server.add_insecure_port(address)
server.start()
print(port, flush=True)
for line in sys.stdin:
    words = line.split()
    if words[0] == "set":
        name = "" if words[1] == "-" else words[1]
        servicer.set(name, health_pb2.HealthCheckResponse.ServingStatus.Value(words[2]))
    elif words[0] == "hang":
        answering.clear()
    elif words[0] == "go":
        answering.set()
    elif words[0] == "end":
        server.stop(0.2).wait()
    print("ok", flush=True)
server.stop(None)
