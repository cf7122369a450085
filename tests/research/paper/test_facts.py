"""What is counted in the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien.emotions import EMOTIONS
from mien.research.data.fer2013 import Fer2013, Split
from mien.research.paper.facts import count_faces, count_songs, count_years


def test_faces_are_counted() -> None:
    random = np.random.default_rng(0)
    faces = random.integers(0, 255, (30, 48, 48), dtype=np.uint8)
    labels = np.arange(30, dtype=np.uint8) % 7
    training = Split(np.concatenate([faces, faces[:2]]), np.concatenate([labels, [0, 5]]))
    public = Split(faces[:1], labels[:1])
    blank = Split(np.full((1, 48, 48), 9, np.uint8), np.array([3], np.uint8))
    facts = count_faces(Fer2013(training, public, blank))
    assert facts["audit.copies"] == 3
    assert facts["audit.groups_across"] == 1
    assert facts["audit.contradicting"] == 1
    assert facts["audit.contradicting.faces"] == 2
    assert [facts[f"audit.{s}.in_training"] for s in ("public", "private")] == [1, 0]
    assert [facts[f"audit.{s}.blank"] for s in ("training", "public", "private")] == [0, 0, 1]
    assert [facts[f"faces.private.{e}"] for e in EMOTIONS] == [0, 0, 0, 1, 0, 0, 0]
    assert facts["faces.training.all"] == 32
    assert not [key for key in facts if key.startswith("raters")]


def test_songs_are_counted(songs_csv: Path) -> None:
    facts = count_songs(songs_csv)
    assert facts.numbers["songs.kept"] == 5
    assert len(facts.genres) == 4
    assert facts.numbers["songs.pairs"] == 21
    assert all(0 <= facts.numbers[f"songs.passing.{e}"] <= 1 for e in EMOTIONS)
    assert facts.genres["rock"] == (0.5, 0.5, 100)
    assert facts.numbers["songs.genre.rock.tempo"] == 100


def test_years_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    rows = [f"{i},Ann,Song {i},{i / 100},0.5,{100 + i},{1990 + i // 4}" for i in range(40)]
    path.write_text("\n".join(["id,artist,title,valence,energy,tempo,year", *rows]))
    facts = count_years(path)
    assert [span[:2] for span in facts.spans] == [(1990, 1994), (1995, 1999)]
    assert [n for *_, n in facts.spans] == [20, 20]
    assert facts.medians[0][0] < facts.medians[1][0]
    assert facts.numbers["songs.years.1990.valence"] == facts.medians[0][0]


@pytest.mark.data
def test_real_faces(fer2013: Fer2013) -> None:
    facts = count_faces(fer2013)
    assert facts["audit.copies"] == 1854
    assert (facts["audit.groups_across"], facts["audit.contradicting"]) == (557, 57)
    assert [facts[f"audit.{s}.in_training"] for s in ("public", "private")] == [280, 288]
    assert 0.6 < facts["raters.private.all.agreement"] < 0.7


@pytest.mark.data
def test_real_songs(spotify_tracks: Path) -> None:
    facts = count_songs(spotify_tracks).numbers
    rows = ("songs.rows", "songs.rows.zero_tempo", "songs.rows.zero_valence")
    assert [facts[key] for key in rows] == [114_000, 157, 176]
    assert 0.75 < facts["songs.passing"] < 0.9
    assert 0.9 < facts["songs.similarity.random"] < 0.93
