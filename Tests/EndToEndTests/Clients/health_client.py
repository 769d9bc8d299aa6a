# SPDX-License-Identifier: Apache-2.0
# health_client.py ADDRESS [AUTHORITY]: asks grpc.health.v1.Health as any client of gRPC does, and prints what comes of it, one
# line each. With "watch" on its input it watches "" and says each status until the call ends.
import sys

import grpc
from grpc_health.v1 import health_pb2 as messages, health_pb2_grpc as services

address = sys.argv[1]
if len(sys.argv) > 2:
    with open(sys.argv[2], "rb") as file:
        channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()))
else:
    channel = grpc.insecure_channel(address)
stub = services.HealthStub(channel)


def name(status):
    return messages.HealthCheckResponse.ServingStatus.Name(status)


def say(what, call):
    try:
        print(what, call(), flush=True)
    except grpc.RpcError as error:
        print(what, error.code().name, flush=True)


def check(service):
    return name(stub.Check(messages.HealthCheckRequest(service=service), timeout=10).status)


def listed():
    statuses = stub.List(messages.HealthListRequest(), timeout=10).statuses
    return " ".join(f"{key or '-'}={name(value.status)}" for key, value in sorted(statuses.items()))


def raw(path, body):
    return channel.unary_unary(path)(body, timeout=10)


for service in ["", "up", "down", "none"]:
    say(f"check {service or '-'}", lambda: check(service))
say("list", listed)
say("unknown method", lambda: raw("/grpc.health.v1.Health/Other", b""))
say("unknown service", lambda: raw("/a.B/C", b""))
say("no message", lambda: raw("/grpc.health.v1.Health/Check", b"\xff"))
big = messages.HealthCheckRequest(service="a" * 900)
say("compressed", lambda: stub.Check(big, timeout=10, compression=grpc.Compression.Gzip))
say("too large", lambda: check("a" * 2000))
watch = stub.Watch(messages.HealthCheckRequest(service="none"), timeout=1)
try:
    for update in watch:
        print("watch none", name(update.status), flush=True)
except grpc.RpcError as error:
    print("watch none", error.code().name, flush=True)
watch = stub.Watch(messages.HealthCheckRequest())
try:
    for update in watch:
        print("watch -", name(update.status), flush=True)
except grpc.RpcError as error:
    print("watch -", error.code().name, flush=True)
