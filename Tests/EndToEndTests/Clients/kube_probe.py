# SPDX-License-Identifier: Apache-2.0
# kube_probe.py PROBES HOST SCALE: runs the probes of a container, written as in a Pod, as the kubelet does, its periods times
# SCALE, and prints each change: "startup passed", "readiness true", "readiness false", "liveness failed".
#
# The rules are the kubelet's: readiness begins false; liveness and readiness wait for startup; a result counts once as many
# in a row as its threshold says so; every attempt has a connection of its own; HTTP passes with 200 to 399.
import http.client
import sys
import threading

import grpc
import yaml
from grpc_health.v1 import health_pb2 as messages, health_pb2_grpc as services

with open(sys.argv[1]) as file:
    probes = yaml.safe_load(file)
host, scale = sys.argv[2], float(sys.argv[3])
started = threading.Event()
if "startupProbe" not in probes:
    started.set()


def http_get(action, timeout):
    connection = http.client.HTTPConnection(host, action["port"], timeout=timeout)
    try:
        fields = {"User-Agent": "kube-probe/1.31", "Accept": "*/*", "Connection": "close"}
        connection.request("GET", action["path"], headers=fields)
        answer = connection.getresponse()
        answer.read(10 * 1024)
        return 200 <= answer.status < 400
    except OSError:
        return False
    finally:
        connection.close()


def grpc_check(action, timeout):
    options = [("grpc.primary_user_agent", "kube-probe/1.31")]
    with grpc.insecure_channel(f"{host}:{action['port']}", options) as channel:
        try:
            request = messages.HealthCheckRequest(service=action.get("service", ""))
            answer = services.HealthStub(channel).Check(request, timeout=timeout)
            return answer.status == messages.HealthCheckResponse.SERVING
        except grpc.RpcError:
            return False


def attempt(probe):
    timeout = probe.get("timeoutSeconds", 1)
    if "httpGet" in probe:
        return http_get(probe["httpGet"], timeout)
    return grpc_check(probe["grpc"], timeout)


def say(*words):
    print(*words, flush=True)


def run(kind, probe):
    if kind != "startup":
        started.wait()
    if kind == "readiness":
        say("readiness", "false")
    needed = {True: probe.get("successThreshold", 1), False: probe.get("failureThreshold", 3)}
    result = kind == "liveness"
    last, times = None, 0
    while True:
        passed = attempt(probe)
        times = times + 1 if passed == last else 1
        last = passed
        if times >= needed[passed] and (passed != result or (kind == "startup" and not passed)):
            result = passed
            if kind == "readiness":
                say("readiness", "true" if passed else "false")
            elif kind == "startup" and passed:
                say("startup", "passed")
                started.set()
                return
            elif not passed:
                say(kind, "failed")
                return
        threading.Event().wait(probe.get("periodSeconds", 10) * scale)


for name, probe in probes.items():
    threading.Thread(target=run, args=(name.removesuffix("Probe"), probe)).start()
