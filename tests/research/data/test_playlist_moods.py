"""The judge and the teacher share neither a playlist nor a tagged song."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien import Catalogue
from mien.mood import MOODS
from mien.research.data.mood_sets import load_deezer, read_deezer
from mien.research.data.playlist_moods import JUDGE, TEACHER, PlaylistMoods


def test_each_playlist_is_in_one_half() -> None:
    for pid in map(str, range(50)):
        assert JUDGE.keeps(pid) != TEACHER.keeps(pid)
    assert not set(JUDGE.splits) & set(TEACHER.splits)


def test_no_tagged_artist_is_in_both(data: Path) -> None:
    judged, taught = (
        {song.name[0] for song in read_deezer(data, source.splits)} for source in (JUDGE, TEACHER)
    )
    assert len(judged & taught) < 0.02 * len(judged)  # the same name for different artists


def test_the_teacher_knows_moods_of_songs_that_it_was_not_told(
    data: Path, spotify: Catalogue
) -> None:
    teacher = PlaylistMoods.learn(TEACHER, data)
    aligned = teacher.tracks.align(spotify)
    moods, known = teacher.predict(aligned), aligned.counts > 0
    assert moods[known].sum(axis=1) == pytest.approx(np.ones(known.sum()))
    assert not moods[~known].any()
    assert teacher.predict_by_artist(aligned).any(axis=1).sum() > 2 * known.sum()
    songs = load_deezer(data, spotify, "validation")
    there = known[songs.rows]
    found = moods[songs.rows][there].argmax(axis=1)
    truth = np.array([MOODS.index(mood) for mood in songs.moods[there]])
    assert np.mean(found == truth) > 0.45  # the commonest mood: 0.38
