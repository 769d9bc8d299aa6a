# SPDX-License-Identifier: Apache-2.0
"""What was measured, kept in docs/benchmarks/results.json so that workloads can be measured one at a time."""
import json
import statistics

from programs import REPOSITORY

FILE = REPOSITORY / "docs" / "benchmarks" / "results.json"


def load():
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def store(name, result):
    everything = load()
    everything[name] = result
    FILE.parent.mkdir(parents=True, exist_ok=True)
    # In one step, so that a run that is killed leaves what it had.
    new = FILE.with_suffix(".new")
    new.write_text(json.dumps(everything, indent=1) + "\n")
    new.replace(FILE)


def medians(rounds):
    """One figure of many rounds, for each key; None where no round has one."""
    merged = {}
    for key in rounds[0]:
        values = [one[key] for one in rounds if one[key] is not None]
        # Whether all went well has no median: one round that did not is told.
        merge = statistics.mean if key == "passing" else statistics.median
        merged[key] = round(merge(values), 4) if values else None
    return merged


def spread(rounds, key):
    values = [one[key] for one in rounds if one.get(key) is not None]
    return [round(min(values), 4), round(max(values), 4)] if values else None
