# SPDX-License-Identifier: Apache-2.0
"""Whether a probe costs the same however many targets there are: several numbers of targets at one rate, one after the other."""
from dataclasses import replace

import measure_rate
from workloads import FLAT, FLAT_RATE


def measure(prober, workload, nginx, folder, seconds, program=None):
    figures = {}
    for count in FLAT:
        place = folder.parent / f"{folder.name}-{count}"
        place.mkdir()
        one = replace(workload, measure="rate", targets=count, interval_ms=count * 1000 // FLAT_RATE)
        done = measure_rate.measure(prober, one, nginx, place, seconds)
        figures |= {f"cpu_{count}": done["cpu_us"], f"rate_{count}": done["rate"], f"rss_{count}": done["rss"]}
    costs = [figures[f"cpu_{count}"] for count in FLAT]
    middle = (max(costs) + min(costs)) / 2
    return {**figures, "off": (max(costs) - middle) / middle, "passing": done["passing"]}
