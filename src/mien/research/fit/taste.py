"""Choose what a listener's taste weighs: `mien.listener.taste.PLAYLISTS` and `HISTORY`.

    python -m mien.research.fit.taste

Needs the Spotify Tracks Dataset and the playlists in `MIEN_DATA`. Playlists with at least 20 songs
of the catalogue stand for listeners: 100 to choose on, 100 others for the report. Factors are
learnt from all playlists but these.

Opinions: the first five songs are liked, and the others should rank above songs of other playlists.

History: a random half of the songs was played, and the first 60 songs recommended for happy, sad,
angry and neutral should be in the other half. The songs of the history are left out, so that only
what is new to the listener counts. A judge (`mien.research.evaluation.judged`) says how probable
the mood is in each song, and songs outside the other half count as 0. Among the weights that were
tried, those are best that find most while the songs' own scores for the mood fall by at most a
tenth.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.names import normalise_name
from mien.catalogue.playlists import fit_playlists
from mien.catalogue.song import Song
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.listener import taste
from mien.listener.history import NO_HISTORY, History, KnownSong
from mien.listener.taste import Taste
from mien.recommendation.query import DEFAULT_POLICY, Query
from mien.recommendation.recommender import Recommender
from mien.recommendation.target import make_target
from mien.research.data.datasets import PLAYLIST_TRACKS, PLAYLISTS, SPOTIFY_TRACKS
from mien.research.data.mood_sets import MOODS as EMOTIONS
from mien.research.evaluation.judged import Verdict
from mien.research.evaluation.ranking import area

WEIGHTS = (0.0, 0.3, 0.6, 0.9)
LIKED = 5

FIRST, LISTENERS, MIN_SONGS = 60, 100, 20
MAX_LOSS = 0.1
ARTIST, GENRES, FACTORS = (0.1, 0.2), (0.05, 0.1), (0.1, 0.2, 0.3)


class Found(NamedTuple):
    """What recommendations are worth to listeners with a history, on average.

    Attributes:
        share: of the first `FIRST` songs in the half that was held out.
        judged: the mean probability of the mood over the same songs, 0 for those outside that half.
        mood: the same with songs outside it.
        own: the songs' own scores for the mood, without any bonus.
        area: under the curve of the held-out half among all songs.
        hit: listeners with a held-out song among the first of any emotion.
    """

    share: float
    judged: float
    mood: float
    own: float
    area: float
    hit: float

    def __str__(self) -> str:
        return (
            f"{self.share:.2%} of the first {FIRST}, judged {self.judged:.4f} "
            f"(E@{FIRST} {self.mood:.3f}), score for the mood {self.own:.3f}, "
            f"area {self.area:.3f}, listeners with a hit {self.hit:.0%}"
        )


def main() -> None:
    spotify, entries, tracks = (
        file.require() for file in (SPOTIFY_TRACKS, PLAYLISTS, PLAYLIST_TRACKS)
    )
    playlists = read_playlists(entries)
    order = np.random.default_rng(0).permutation(sorted(playlists)).tolist()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "songs.sqlite")
        import_catalogue(spotify, "songs", store)
        rows_of = match_playlists(store, playlists, tracks)
        enough = [pid for pid in order if len(rows_of[pid]) >= MIN_SONGS]
        chosen_on, reported = enough[:LISTENERS], enough[LISTENERS : 2 * LISTENERS]
        part = Path(folder) / "entries.csv"
        write_playlists(part, playlists, set(order).difference(chosen_on, reported))
        without = store.open("songs")
        assert without.factors is None  # read now: the store will have some
        factors = fit_playlists(part, tracks)
        store.save_factors(without.ref, factors.align(without))
        catalogue = store.open("songs")
    groups = {
        "chosen on": [rows_of[pid] for pid in chosen_on],
        "reported": [rows_of[pid] for pid in reported],
    }
    fit_opinions(catalogue, groups)
    verdict = Verdict.of(catalogue)
    fit_history(catalogue, groups, verdict)
    print("the same where the catalogue has no playlists")
    compare(Recommender(without), groups["reported"], verdict)


def match_playlists(
    store: Store, playlists: Mapping[str, Sequence[str]], tracks: Path
) -> dict[str, np.ndarray]:
    """Id of a playlist -> the rows of its songs, in order, none twice."""
    with store.open("songs") as catalogue:
        songs = catalogue.songs(range(len(catalogue)))
    by_id = {song.id: row for row, song in enumerate(songs)}
    by_name = {
        normalise_name(song.artists[0], song.title): row
        for row, song in reversed([*enumerate(songs)])
    }
    row_of = {}
    with gzip.open(tracks, "rt", newline="") as file:
        for line in csv.DictReader(file):
            name = normalise_name(line["artist_name"], line["track_name"])
            row = by_id.get(line["track_id"], by_name.get(name) if name else None)
            if row is not None:
                row_of[line["track_id"]] = row
    return {
        pid: np.array([*dict.fromkeys(row_of[t] for t in of if t in row_of)], np.int64)
        for pid, of in playlists.items()
    }


def read_playlists(entries: Path) -> dict[str, list[str]]:
    """Id of a playlist -> ids of its tracks."""
    playlists: dict[str, list[str]] = defaultdict(list)
    with gzip.open(entries, "rt", newline="") as file:
        for line in csv.DictReader(file):
            playlists[line["pid"]].append(line["track_id"])
    return playlists


def write_playlists(path: Path, playlists: Mapping[str, list[str]], pids: set[str]) -> None:
    """Write some of the playlists as `fit_playlists` reads them."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["pid", "track_id"])
        writer.writerows(
            (pid, track) for pid in playlists if pid in pids for track in playlists[pid]
        )


def fit_opinions(catalogue: Catalogue, groups: Mapping[str, list[np.ndarray]]) -> None:
    """Print what each weight of playlists makes of five likes."""
    kept = taste.PLAYLISTS
    for purpose, members in groups.items():
        print(f"likes, {purpose}: {len(members)} playlists")
        for weight in WEIGHTS:
            taste.PLAYLISTS = weight
            areas = [held_out_area(catalogue, rows) for rows in members]
            print(f"  weight {weight:.2f}: mean area {np.mean(areas):.3f}", flush=True)
    taste.PLAYLISTS = kept


def fit_history(
    catalogue: Catalogue, groups: Mapping[str, list[np.ndarray]], verdict: Verdict
) -> None:
    """Choose the weights of a history, and print what they are worth."""
    recommender = Recommender(catalogue)
    base = found_by(recommender, groups["chosen on"], verdict, history=False)
    print(f"history, chosen on {len(groups['chosen on'])} listeners\n  none: {base}")
    tried = {}
    for artist, genres, factors in itertools.product(ARTIST, GENRES, FACTORS):
        taste.HISTORY.update(artist=artist, genres=genres, playlists=factors)
        found = found_by(recommender, groups["chosen on"], verdict)
        tried[artist, genres, factors] = found
        print(f"  artist {artist}, genres {genres}, playlists {factors}: {found}", flush=True)
    fits = {w: f for w, f in tried.items() if f.own >= (1 - MAX_LOSS) * base.own}
    artist, genres, factors = max(fits, key=lambda weights: fits[weights].share)
    print(f"  chosen: artist {artist}, genres {genres}, playlists {factors}")
    taste.HISTORY.update(artist=artist, genres=genres, playlists=factors)
    compare(recommender, groups["reported"], verdict)


def compare(recommender: Recommender, members: list[np.ndarray], verdict: Verdict) -> None:
    """Print what a history is worth to other listeners."""
    print(f"history, reported for {len(members)} listeners")
    for name, history in (("none", False), ("history", True)):
        found = found_by(recommender, members, verdict, history=history)
        print(f"  {name}: {found}", flush=True)


def found_by(
    recommender: Recommender, members: list[np.ndarray], verdict: Verdict, *, history: bool = True
) -> Found:
    """What recommendations are worth to listeners, with or without their history."""
    catalogue = recommender.catalogue
    ranking = recommender.ranking()
    targets = {
        emotion: make_target(emotion, DEFAULT_POLICY, catalogue.scale, ranking.mood_table)
        for emotion in EMOTIONS.values()
    }
    own = {emotion: ranking.scores(target) for emotion, target in targets.items()}
    each, hits = [], []
    for number, rows in enumerate(members):
        shuffled = np.random.default_rng(number).permutation(rows)
        played, held_out = np.split(shuffled, [len(rows) // 2])
        songs = catalogue.songs(played)
        known = history_of(songs) if history else NO_HISTORY
        never = frozenset(song.id for song in songs)
        bonus = Taste.of(catalogue, {}, history=known).bonus
        rest = np.ones(len(catalogue), bool)
        rest[played] = False
        wanted = np.isin(np.flatnonzero(rest), held_out)
        hit = False
        for k, emotion in enumerate(EMOTIONS.values()):
            query = Query(emotion, FIRST, never=never)
            first = catalogue.rows_of(r.song.id for r in recommender.recommend(query, {}, known))
            inside = np.isin(first, held_out)
            hit |= bool(inside.any())
            curve = area((own[emotion] + bonus)[rest], wanted)
            mood = verdict.moods[first, k]
            scores = own[emotion][first]
            each.append((inside.mean(), (inside * mood).mean(), mood.mean(), scores.mean(), curve))
        hits.append(hit)
    share, judged, mean, score, curve = np.mean(each, axis=0).tolist()
    return Found(share, judged, mean, score, curve, float(np.mean(hits)))


def history_of(songs: Sequence[Song]) -> History:
    """A history in which each of the songs was played once."""
    names = ((normalise_name(song.artists[0], song.title), song) for song in songs)
    return History({key: KnownSong(s.artists[0], s.title, 1) for key, s in names if key})


def held_out_area(catalogue: Catalogue, rows: np.ndarray) -> float:
    """How well the first songs of a playlist separate its other songs from other playlists'."""
    assert catalogue.factors is not None
    songs = catalogue.songs(rows[:LIKED])
    bonus = Taste.of(catalogue, {song.id: 1.0 for song in songs}).bonus
    others = np.asarray(catalogue.factors.any(axis=1))
    others[rows] = False
    scores = np.concatenate([bonus[rows[LIKED:]], bonus[others]])
    return area(scores, np.arange(len(scores)) < len(rows) - LIKED)


if __name__ == "__main__":
    main()
