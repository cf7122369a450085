"""Charts of songs: what is on them, what they refuse, and that they leave matplotlib alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from mien import recommend
from mien.errors import MissingExtraError, OutputError
from mien.output.charts import (
    MAX_SONGS,
    SUFFIXES,
    chart_songs,
    push_apart,
    require_chart,
    strip_undrawable,
)
from mien.recommendation.query import RANKINGS
from mien.recommendation.recommender import recommender_of
from mien.support.arrays import Float64Array


def brightness(path: Path) -> float:
    with Image.open(path) as image:
        return float(np.asarray(image.convert("L")).mean()) / 255


@pytest.mark.parametrize("name", [name for name in RANKINGS if name != "collaborative"])
def test_every_ranking_can_be_drawn(name: str, tmp_path: Path) -> None:
    songs = recommend("happy", ranking=name, seed=1)
    for dark in (False, True):
        chart_songs(recommender_of(), songs, tmp_path / f"{dark}.png", dark=dark)
    assert brightness(tmp_path / "True.png") < 0.3
    assert brightness(tmp_path / "False.png") > 0.8


def test_names_the_songs_and_the_journey(tmp_path: Path) -> None:
    recommender = recommender_of()
    songs = recommend("sad", 4, to="happy", languages=["en"])  # letters that the font has
    chart_songs(recommender, songs, tmp_path / "journey.svg")
    drawn = (tmp_path / "journey.svg").read_text(encoding="utf-8")
    assert f"4 of {len(recommender.catalogue):,} songs for valence" in drawn
    assert "on the way to the second star" in drawn
    for r in songs:
        assert r.song.artists[0][:30].replace("&", "&amp;") in drawn


def test_refuses_what_it_cannot_draw(tmp_path: Path) -> None:
    recommender = recommender_of()
    with pytest.raises(OutputError, match="end its name in"):
        chart_songs(recommender, recommend("sad"), tmp_path / "songs.txt")
    with pytest.raises(OutputError, match=f"ask for {MAX_SONGS} or fewer"):
        chart_songs(recommender, recommend("sad", MAX_SONGS + 1), tmp_path / "songs.png")
    with pytest.raises(OutputError, match="cannot be written"):
        chart_songs(recommender, recommend("sad"), tmp_path / "no" / "songs.png")
    with pytest.raises(OutputError, match="ask for"):
        require_chart(tmp_path / "songs.png", None)


def test_asks_for_matplotlib_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"mien\[sample\]"):
        require_chart(Path("songs.png"))


DRAWING = """
import sys
from pathlib import Path

from mien import Expression, recommend
from mien.face.tracking import Moment
from mien.output.charts import chart_songs, new_figure, save_figure
from mien.output.timeline import chart_timeline
from mien.recommendation.recommender import recommender_of


def draw():
    folder, *suffixes = map(Path, sys.argv[1:])
    happy = Expression.certain("happy")
    moments = [Moment(time, expression=happy, steady=happy, changed=time == 0) for time in (0, 1)]
    for suffix in suffixes:
        chart_songs(recommender_of(), recommend("sad"), folder / f"songs{suffix}")
        chart_timeline(moments, folder / f"timeline{suffix}")
        figure, axes = new_figure((3, 2), count=2)
        save_figure(figure, folder / f"figure{suffix}")
"""

HOST = """
import matplotlib
from matplotlib import pyplot

matplotlib.use(BACKEND)
figure = pyplot.figure()
settings = dict(matplotlib.rcParams)
draw()
assert pyplot.get_fignums() == [figure.number]
assert pyplot.gcf() is figure
assert pyplot.get_backend() == matplotlib.get_backend() == BACKEND
assert dict(matplotlib.rcParams) == settings
"""

NO_HOST = """
draw()
assert "matplotlib.pyplot" not in sys.modules
"""


@pytest.mark.parametrize("backend", ["svg", "pdf", "agg", None])
def test_leaves_the_host_programs_matplotlib_alone(backend: str | None, tmp_path: Path) -> None:
    """Its backend, its settings, its figures and which of them is the current one."""
    host = NO_HOST if backend is None else HOST.replace("BACKEND", repr(backend))
    done = subprocess.run(
        [sys.executable, "-c", DRAWING + host, str(tmp_path), *SUFFIXES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.iterdir())) == 3 * len(SUFFIXES)


@given(arrays(float, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(0, 600)))
def test_markers_are_pushed_apart_and_stay_near(points: Float64Array) -> None:
    moved = push_apart(points, len(points))
    assert moved.shape == points.shape
    distances = np.linalg.norm(moved[:, None] - moved[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert distances.min() > 10  # pixels; a marker is 19 across
    assert np.linalg.norm(moved - points, axis=1).max() < 300


def test_characters_that_the_font_lacks_are_left_out() -> None:
    assert strip_undrawable("Żółć & Ørsted") == "Żółć & Ørsted"
    assert strip_undrawable("アニー (Live)") == "(Live)"
    assert strip_undrawable("アニー") == "?"
