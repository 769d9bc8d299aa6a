# SPDX-License-Identifier: Apache-2.0
"""What every prober has in common."""
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from workloads import Workload


@dataclass(frozen=True)
class Task:
    """A workload with everything that a prober needs for it."""
    workload: Workload
    folder: Path
    # (address, port) of each target.
    targets: list
    authority: Path
    # The program of script probes.
    program: Path | None = None


class Prober:
    """A prober; `missing` says why it is not there, `lacks(workload)` why it takes no part."""
    name = ""
    program = None
    package = ""

    @property
    def missing(self):
        return None if self.program and self.program.exists() else f"{self.package} is not installed"

    def lacks(self, workload):
        """Why the prober cannot do this, or None."""
        return None

    def command(self, task):
        """Writes its configuration into the task's folder and gives its command line."""
        raise NotImplementedError

    def environment(self, task):
        return {}

    def driver(self, task):
        """The command of a client without which the prober does nothing, or None. Its CPU time does not count."""
        return None

    def judged(self, task):
        """Whether every target has a verdict, or None when the prober does not tell."""
        return None

    @property
    def endpoint(self):
        """The URL that a load balancer asks, or None."""
        return None


def ask(url):
    """Status and body of an answer, or (0, b"") when there is none."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""
