"""Import and open the Spotify Tracks Dataset, 114,000 rows.

python benchmarks/catalogue.py [FILE]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from mien import Store
from mien.catalogue.importing import import_catalogue
from mien.research.data.datasets import SPOTIFY_TRACKS


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else SPOTIFY_TRACKS.require()
    imports, opens = [], []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "songs.sqlite")
        for _ in range(5):
            begin = time.perf_counter()
            summary = import_catalogue(file, "songs", store)
            imports.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            catalogue = store.open()
            opens.append(time.perf_counter() - begin)
            catalogue.close()
    print("\n".join(summary.lines()))
    print(f"import: median {statistics.median(imports):.2f} s of 5")
    print(f"open:   median {statistics.median(opens):.3f} s of 5")


if __name__ == "__main__":
    main()
