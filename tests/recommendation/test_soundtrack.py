"""One song for each segment of a timeline."""

from __future__ import annotations

import pytest

from mien import CatalogueError, Expression
from mien.face.watching import Segment
from mien.recommendation.soundtrack import recommend_soundtrack


def segments(*emotions: str) -> list[Segment]:
    return [Segment(i, i + 1, Expression.certain(e)) for i, e in enumerate(emotions)]


def test_a_song_for_each_segment() -> None:
    songs = recommend_soundtrack(segments("happy", "sad"))
    assert len(songs) == 2
    assert songs[0].song.valence > songs[1].song.valence


def test_no_song_comes_twice() -> None:
    songs = recommend_soundtrack(segments(*["happy"] * 5))
    assert len({r.song.id for r in songs}) == 5
    assert recommend_soundtrack(segments("happy"))[0].song == songs[0].song


def test_refuses_unknown_catalogues() -> None:
    with pytest.raises(CatalogueError):
        recommend_soundtrack(segments("happy"), catalogue="none")
