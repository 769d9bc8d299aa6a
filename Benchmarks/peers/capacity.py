# SPDX-License-Identifier: Apache-2.0
"""What one core carries, from what a probe was measured to cost."""
from bellwether import Bellwether

# Of a core, so that bursts and the rest of the machine have room.
_SHARE = 0.7
_KINDS = [("HTTP, connections kept", "http-keep"), ("HTTP, a connection for each probe", "http-fresh"), ("TCP", "tcp"),
          ("HTTPS, connections kept", "https-keep"), ("HTTPS, a connection for each probe, resumed", "https-fresh"),
          ("HTTPS, a connection and a full handshake for each probe", "https-full"),
          ("gRPC, connections kept", "grpc"), ("gRPC over TLS, connections kept", "grpcs-keep"),
          ("WebSocket: upgrade, ping, close", "websocket"), ("script, a program for each probe", "script"),
          ("script, `mode: worker`", "worker")]


def table(everything):
    lines = ["| kind | CPU µs per probe | probes a second at 70 % of a core | targets at 1 s | at 10 s | at 60 s |",
             "|---|---|---|---|---|---|"]
    for title, name in _KINDS:
        row = everything.get(name, {}).get("rows", {}).get(Bellwether.name, {})
        if row.get("cpu_us") is None:
            lines.append(f"| {title} | not measured | | | | |")
            continue
        rate = _SHARE * 1e6 / row["cpu_us"]
        lines.append("| " + " | ".join([title, f"{row['cpu_us']:,.0f}", *(_round(rate * seconds) for seconds in (1, 1, 10, 60))]) + " |")
    memory = everything.get("memory", {}).get("rows", {}).get(Bellwether.name, {})
    if memory.get("slope"):
        fixed = (memory["few_rss"] - 500 * memory["slope"]) / (1 << 20)
        lines += ["", f"Memory: {fixed:.0f} MiB, and {memory['slope'] / 1024:.1f} KiB for each HTTP target with a kept connection."]
    machines = sorted({result["machine"].rsplit(", load", 1)[0] for name, result in everything.items()
                       if name in [name for _, name in _KINDS]})
    return "\n".join([*lines, "", f"Measured on {'; '.join(machines)}."]) if machines else "\n".join(lines)


def _round(value):
    """To two digits that count: the rest is noise."""
    digits = len(str(int(value)))
    return f"{int(round(value, 2 - digits)):,}"
