"""Shared fixtures: a home for each test, portraits, small catalogues, and the real data sets."""

from __future__ import annotations

import gc
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import catalogues
import crowds
import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from mien.catalogue.importing import import_catalogue
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import STARTER, Store
from mien.catalogue.summary import ImportSummary
from mien.face.network import NETWORKS, ExpressionModel
from mien.recommendation import filtering
from mien.research.data.datasets import FER2013, LONDON, SPOTIFY_TRACKS, DataFile, data_folder
from mien.research.data.fer2013 import Fer2013, load
from mien.research.data.london import Person, load_people
from mien.support.arrays import UInt8Array

NEED_DATA = {"data", "fer2013", "london", "spotify_tracks", "spotify"}
"""Fixtures of the real data sets; tests that use one are marked `data`."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, so that no test touches the user's catalogues."""
    monkeypatch.setenv("MIEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def june(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day out of every season, so that songs are recommended as on most days."""
    monkeypatch.setattr(filtering, "_today", lambda: date(2026, 6, 1))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the real data sets, which `MIEN_DATA` names."""
    folder = data_folder()
    if folder is None:
        pytest.skip("MIEN_DATA is not set")
    if not folder.is_dir():
        pytest.skip(f"the data sets are not at {folder}")
    return folder.absolute()


def require(file: DataFile, data: Path) -> Path:
    path = file.path(data)
    if not path.exists():
        pytest.skip(f"{file.title} is not at {path}")
    return path


@pytest.fixture(scope="session")
def fer2013(data: Path) -> Fer2013:
    return load(require(FER2013, data), cache=False)


@pytest.fixture(scope="session")
def london(data: Path) -> list[Person]:
    """People, each once neutral and once smiling."""
    return load_people(require(LONDON, data))


@pytest.fixture(scope="session")
def spotify_tracks(data: Path) -> Path:
    return require(SPOTIFY_TRACKS, data)


@pytest.fixture(scope="session")
def spotify(spotify_tracks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The Spotify Tracks Dataset as a catalogue."""
    store = Store(tmp_path_factory.mktemp("spotify") / "songs.sqlite")
    import_catalogue(spotify_tracks, "spotify-tracks", store)
    with store.open("spotify-tracks") as catalogue:
        yield catalogue


@pytest.fixture(scope="session")
def starter() -> Iterator[Catalogue]:
    """The catalogue that mien ships."""
    with Store().open(STARTER) as catalogue:
        yield catalogue


@pytest.fixture(scope="session")
def playlists(tmp_path_factory: pytest.TempPathFactory, starter: Catalogue) -> tuple[Path, Path]:
    """Files of forty playlists with the first twelve songs of the starter, forty with the next
    twelve, and of the tracks; half of the songs have other ids there."""
    folder = tmp_path_factory.mktemp("playlists")
    songs = starter.songs(range(24))
    ids = [s.id if i % 2 else f"other-{i}" for i, s in enumerate(songs)]
    random = np.random.default_rng(0)
    entries = ["pid,pos,track_id"]
    for pid in range(80):
        group = random.permutation(12)[:6] + 12 * (pid % 2)
        entries += [f"{pid},{pos},{ids[i]}" for pos, i in enumerate(group)]
    entries.append("80,0,an unknown track")
    tracks = ["track_id,artist_name,track_name,n_playlists"]
    for track, song in zip(ids, songs, strict=True):
        artist, title = (t.replace('"', '""').upper() for t in (song.artists[0], song.title))
        tracks.append(f'{track},"{artist}","{title}",20')
    (folder / "entries.csv").write_text("\n".join(entries))
    (folder / "tracks.csv").write_text("\n".join(tracks))
    return folder / "entries.csv", folder / "tracks.csv"


@pytest.fixture
def own(starter: Catalogue) -> Iterator[Catalogue]:
    """The first 100 songs of the starter, as a user's own catalogue in use."""
    songs = starter.songs(range(100))
    table = catalogues.table_of(songs)
    Store().save("own", table, ImportSummary(100, 100), "test")
    with Store().open() as catalogue:
        yield catalogue


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """Numbers of the database connections that were opened in the test and not closed.

    A connection that is merely dropped stays here: Python 3.13 warns of it. Cycles of references
    are not collected meanwhile, so that a connection in one stays here, too.
    """
    unclosed: set[int] = set()
    numbers = itertools.count()

    class Connection(sqlite3.Connection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.number = next(numbers)
            unclosed.add(self.number)

        def close(self) -> None:
            super().close()
            unclosed.discard(self.number)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Connection))
    gc.disable()
    yield unclosed
    gc.enable()


@pytest.fixture(scope="session", params=NETWORKS)
def model(request: pytest.FixtureRequest) -> ExpressionModel:
    """Each network in the package."""
    return ExpressionModel(request.param)


@pytest.fixture(scope="session")
def hopper() -> UInt8Array:
    """A portrait, uint8 [600, 512, 3], that comes with matplotlib; its face is about 200 pixels."""
    from matplotlib.cbook import get_sample_data

    with Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="session")
def astronaut() -> UInt8Array:
    """A smiling portrait, uint8 [512, 512, 3], that comes with scikit-image."""
    from skimage.data import astronaut

    return np.asarray(astronaut(), dtype=np.uint8)


@pytest.fixture
def astronaut_jpg(astronaut: UInt8Array, tmp_path: Path) -> Path:
    path = tmp_path / "astronaut.jpg"
    Image.fromarray(astronaut).save(path, quality=95)
    return path


@pytest.fixture(scope="session")
def film(astronaut: UInt8Array, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds at 10 frames per second: a happy face for four, then an empty wall."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    wall = np.full((480, 640, 3), 90, np.uint8)
    person: UInt8Array = wall.copy()
    portrait = Image.fromarray(astronaut[:300, 100:400]).resize((400, 400))
    person[40:440, 120:520] = np.asarray(portrait)
    crowds.save_film(path, [person] * 40 + [wall] * 20)
    return path


@pytest.fixture
def songs_csv(tmp_path: Path) -> Path:
    """Five good songs under the names that the Spotify Tracks Dataset uses."""
    path = tmp_path / "songs.csv"
    rows = [
        "track_id,artists,track_name,valence,energy,tempo,track_genre,popularity",
        "a,Ann;Bob,One,0.9,0.8,140,pop,50",
        "b,Cid,Two,0.2,0.3,60,folk,40",
        "c,Dee,Three,0.5,0.5,100,rock,30",
        "d,Eve,Four,0.1,0.95,170,metal,20",
        "e,Fay,Five,0.7,0.2,90,folk,10",
    ]
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, object], Any]:
    """What `tests/golden/NAME.json` has; with `--renew-golden`, what was found is written there."""

    def expected(name: str, found: object) -> Any:
        path = Path(__file__).parent / "golden" / f"{name}.json"
        if request.config.getoption("--renew-golden"):
            path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return json.loads(path.read_text())

    return expected


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-golden",
        action="store_true",
        help="write what is found to tests/golden instead of comparing; review the difference",
    )


def pytest_configure() -> None:
    # The duration of an example depends on the machine more than on the code.
    settings.register_profile("mien", deadline=None)
    settings.load_profile("mien")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if NEED_DATA.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.data)
