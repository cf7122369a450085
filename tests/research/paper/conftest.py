"""Evidence and reports that several tests look at."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from mien.research.data.datasets import FER2013, FER_PLUS, SPOTIFY_TRACKS
from mien.research.paper.command import make_report
from mien.research.paper.evidence import Evidence, gather
from mien.research.paper.outline import Report, compose
from mien.research.paper.results import Results

VOTES = (
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"),
    *("unknown", "NF"),
)
FER2013_ORDER = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


@pytest.fixture(scope="session", autouse=True)
def no_opinions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is made once for all tests does not look at the user's ratings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIEN_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The results that ship, without any data."""
    return gather(tmp_path_factory.mktemp("none"), Results())


@pytest.fixture
def nothing(tmp_path: Path) -> Evidence:
    """Neither data nor results."""
    return gather(tmp_path, Results((tmp_path,)))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data sets: a few hundred faces of noise with votes, and some songs."""
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    lines, votes = ["emotion,pixels,Usage"], ["Usage,Image name," + ",".join(VOTES)]
    for split, n in (("Training", 140), ("PublicTest", 70), ("PrivateTest", 70)):
        for i in range(n):
            pixels = " ".join(map(str, random.integers(0, 256, 48 * 48).tolist()))
            lines.append(f"{i % 7},{pixels},{split}")
            seen = FER2013_ORDER[i % 7]
            votes.append(f"{split},f{i}.png," + ",".join("8" if v == seen else "0" for v in VOTES))
    FER2013.path(folder).parent.mkdir()
    FER2013.path(folder).write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    FER_PLUS.path(folder).write_text("\n".join(votes) + "\n")
    genres = ["pop", "rock", "folk"]
    songs = [
        f"{i},A{i},T{i},{random.random():.3f},{random.random():.3f},{60 + i},{genres[i % 3]},{i},"
        f"{random.random():.3f},{-20 * random.random():.2f},"
        + ",".join(f"{random.random():.3f}" for _ in range(4))
        for i in range(60)
    ]
    head = (
        "track_id,artists,track_name,valence,energy,tempo,track_genre,popularity,danceability,"
        "loudness,speechiness,acousticness,instrumentalness,liveness"
    )
    SPOTIFY_TRACKS.path(folder).parent.mkdir()
    SPOTIFY_TRACKS.path(folder).write_text("\n".join([head, *songs]) + "\n")
    return folder


@pytest.fixture(scope="session")
def tiny_report(tiny: Path) -> Report:
    """What there is to show of the tiny data and the results that ship."""
    return compose(gather(tiny, Results()))


@pytest.fixture(scope="session")
def made(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The same, written: the page, and the content of `numbers.json`."""
    return make_report(tiny, tmp_path_factory.mktemp("report"), Console(quiet=True))
