"""Shared fixtures: a home for each test, portraits, small catalogues, and the real data sets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from mien.catalogue.importing import import_catalogue
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.face.network import NETWORKS, ExpressionModel
from mien.research.data.datasets import FER2013, SPOTIFY_TRACKS, DataFile, data_folder
from mien.research.data.fer2013 import Fer2013, load
from mien.support.arrays import UInt8Array

NEED_DATA = {"data", "fer2013", "spotify_tracks", "spotify"}
"""Fixtures of the real data sets; tests that use one are marked `data`."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, so that no test touches the user's catalogues."""
    monkeypatch.setenv("MIEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


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
def spotify_tracks(data: Path) -> Path:
    return require(SPOTIFY_TRACKS, data)


@pytest.fixture(scope="session")
def spotify(spotify_tracks: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The Spotify Tracks Dataset as a catalogue."""
    store = Store(tmp_path_factory.mktemp("spotify") / "songs.sqlite")
    import_catalogue(spotify_tracks, "spotify-tracks", store)
    return store.open("spotify-tracks")


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
    import cv2

    path = tmp_path_factory.mktemp("film") / "film.avi"
    wall = np.full((480, 640, 3), 90, np.uint8)
    person: UInt8Array = wall.copy()
    portrait = Image.fromarray(astronaut[:300, 100:400]).resize((400, 400))
    person[40:440, 120:520] = np.asarray(portrait)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for i in range(60):
        writer.write(cv2.cvtColor(person if i < 40 else wall, cv2.COLOR_RGB2BGR))
    writer.release()
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
