"""What variety costs: how much lower songs score where those shown before step back.

    python -m mien.research.fit.variety

Needs the Spotify Tracks Dataset in `MIEN_DATA`. A listener asks for six songs for one emotion 14
times, a day apart, and ten times within a day; each time, the songs shown before step back. Scores
are the ranking's own; E@6 is the mean probability of the mood over the six songs, as judged by
playlists (`mien.research.evaluation.judged`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.store import Store
from mien.listener.variety import Shown
from mien.recommendation.query import DEFAULT_POLICY, Query
from mien.recommendation.recommender import Recommender
from mien.recommendation.target import make_target
from mien.research.data.datasets import SPOTIFY_TRACKS
from mien.research.data.mood_sets import MOODS as EMOTIONS
from mien.research.evaluation.judged import Verdict

SITTINGS = {
    "14 sittings, a day apart": (14, timedelta(days=1)),
    "10 in a day": (10, timedelta(hours=1)),
}


class Sittings(NamedTuple):
    """Lists for one emotion, one after the other.

    Attributes:
        lists: the ids of the songs of each.
        scores: the mean of the ranking's own scores in each.
    """

    lists: list[list[str]]
    scores: list[float]

    @property
    def loss(self) -> float:
        """How much lower the mean score is than that of the first list, as a share of it."""
        return 1 - float(np.mean(self.scores)) / self.scores[0]


def sit(recommender: Recommender, emotion: str, sittings: int, apart: timedelta) -> Sittings:
    """The lists that a listener gets who comes back."""
    lists: list[list[str]] = []
    scores = []
    ranking, scale = recommender.ranking(), recommender.catalogue.scale
    own = ranking.scores(make_target(emotion, DEFAULT_POLICY, scale, ranking.mood_table))
    for _ in range(sittings):
        found = recommender.recommend(Query(emotion), shown=_shown(lists, apart))
        lists.append([r.song.id for r in found])
        scores.append(float(own[recommender.catalogue.rows_of(lists[-1])].mean()))
    return Sittings(lists, scores)


def _shown(lists: Sequence[Sequence[str]], apart: timedelta) -> list[Shown]:
    now = datetime.now(UTC)
    return [
        Shown(song, number, now - (len(lists) - number) * apart)
        for number, songs in enumerate(lists)
        for song in songs
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "songs.sqlite")
        import_catalogue(SPOTIFY_TRACKS.require(), "songs", store)
        recommender = Recommender(store.open("songs"))
        verdict = Verdict.of(recommender.catalogue)
        for name, (sittings, apart) in SITTINGS.items():
            print(name)
            for k, emotion in enumerate(EMOTIONS.values()):
                found = sit(recommender, emotion, sittings, apart)
                songs = len({song for songs in found.lists for song in songs})
                rows = [recommender.catalogue.rows_of(ids) for ids in found.lists]
                judged = [verdict.moods[of, k].mean() for of in rows]
                print(
                    f"  {emotion}: {songs} songs, score {found.scores[0]:.3f} at first, "
                    f"{np.mean(found.scores):.3f} on average, {found.scores[-1]:.3f} at last "
                    f"({found.loss:.1%} lost); "
                    f"E@6 {judged[0]:.3f} at first, {np.mean(judged):.3f} on average"
                )


if __name__ == "__main__":
    main()
