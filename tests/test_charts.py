"""Pictures of songs and of rankings."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from mien import MienError
from mien.cli import main
from mien.output.charts import (
    DARK,
    LIGHT,
    chart_songs,
    drawable,
    pushed_apart,
    require_matplotlib,
    write,
)
from mien.recommendation.rankings import RANKINGS
from mien.recommendation.recommender import recommender_of
from mien.research.figures.evaluation import rankings_figure
from mien.support.arrays import Float64Array


def brightness(path: Path) -> float:
    with Image.open(path) as image:
        return float(np.asarray(image.convert("L")).mean()) / 255


@pytest.mark.parametrize("name", [name for name in RANKINGS if name != "collaborative"])
def test_every_ranking_can_be_drawn(name: str, tmp_path: Path) -> None:
    recommender = recommender_of(ranking=name)
    for dark in (False, True):
        songs = recommender.recommend("happy", seed=1)
        chart_songs(recommender, songs, tmp_path / f"{dark}.png", dark=dark)
    assert brightness(tmp_path / "True.png") < 0.3
    assert brightness(tmp_path / "False.png") > 0.8


def test_says_which_songs_and_where_to(tmp_path: Path) -> None:
    recommender = recommender_of()
    songs = recommender.recommend("sad", 4, to="happy")
    chart_songs(recommender, songs, tmp_path / "way.svg")
    drawn = (tmp_path / "way.svg").read_text(encoding="utf-8")
    assert "on the way to the other star, among 4,508" in drawn
    for r in songs:
        assert r.song.artists[0][:30].replace("&", "&amp;") in drawn


def test_says_what_it_cannot_draw(tmp_path: Path) -> None:
    recommender = recommender_of()
    with pytest.raises(MienError, match="end its name in"):
        chart_songs(recommender, recommender.recommend("sad"), tmp_path / "songs.txt")
    with pytest.raises(MienError, match="ask for 30 or fewer"):
        chart_songs(recommender, recommender.recommend("sad", 31), tmp_path / "songs.png")
    with pytest.raises(MienError, match="cannot be written"):
        chart_songs(recommender, recommender.recommend("sad"), tmp_path / "no" / "songs.png")


def test_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "songs.pdf"
    arguments = ["recommend", "--emotion", "sad", "--json", "--chart", str(path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)["songs"]) == 6
    assert path.read_bytes().startswith(b"%PDF")


def test_rankings_light_and_dark(tmp_path: Path) -> None:
    require_matplotlib()
    text = (files("mien") / "evaluation/results/ranking.json").read_text(encoding="utf-8")
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        write(rankings_figure(json.loads(text), theme), tmp_path / f"{name}.png")
    assert brightness(tmp_path / "dark.png") < 0.3
    assert brightness(tmp_path / "light.png") > 0.8


@given(arrays(float, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(0, 600)))
def test_markers_are_pushed_apart_and_stay_near(points: Float64Array) -> None:
    moved = pushed_apart(points, len(points))
    assert moved.shape == points.shape
    apart = np.linalg.norm(moved[:, None] - moved[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 10  # pixels; a marker is 19 across
    assert np.linalg.norm(moved - points, axis=1).max() < 300


def test_what_the_font_lacks_is_left_out(tmp_path: Path) -> None:
    assert drawable("Żółć & Ørsted") == "Żółć & Ørsted"
    assert drawable("アニー (Live)") == "(Live)"
    assert drawable("アニー") == "?"
