"""The first songs of rankings, judged."""

from __future__ import annotations

import numpy as np
import pytest

from mien import Catalogue
from mien.mood import MOODS
from mien.recommendation.rankings import ListenersRanking, PaperRanking, PopularityRanking
from mien.research.evaluation.judged import (
    JudgedScores,
    Verdict,
    judge_ranking,
    judge_scores,
    mean_judged,
)
from mien.research.evaluation.measure import load_result


def made_up(n: int = 200) -> Verdict:
    """Every second song is known; the first is the least happy."""
    moods = np.full((n, 4), 0.1)
    moods[:, 0] = np.arange(n) / n
    known = np.arange(n) % 2 == 0
    moods[~known] = 0
    return Verdict(moods, known)


def test_songs_that_the_judge_does_not_know_count_as_nothing() -> None:
    verdict = made_up()
    scores = np.tile(np.arange(200.0)[:, None], 4)
    found = judge_scores(scores, verdict).moods["happy"]
    best, known = np.arange(199, 139, -1), np.arange(198, 78, -2)
    assert found == pytest.approx(
        (verdict.moods[best[:6], 0].mean(), verdict.moods[best, 0].mean(), (known / 200).mean())
    )


def test_means_over_moods_and_draws() -> None:
    one = JudgedScores.of({mood: (0.1 * i, 0.2, 0.3) for i, mood in enumerate(MOODS)})
    other = JudgedScores.of(dict.fromkeys(MOODS, (0.5, 0.4, 0.3)))
    assert one.first == pytest.approx(0.15)
    both = mean_judged([one, other])
    assert (both.first, both.screens, both.fit) == pytest.approx((0.325, 0.3, 0.3))
    assert both.moods["happy"] == pytest.approx((0.25, 0.3, 0.3))


@pytest.fixture(scope="module")
def verdict(spotify: Catalogue) -> Verdict:
    return Verdict.of(spotify)


def test_the_judge_knows_moods(spotify: Catalogue, verdict: Verdict) -> None:
    songs = spotify.songs(range(len(spotify)))
    for artist, mood in (("Slipknot", "angry"), ("ABBA", "happy"), ("Bon Iver", "sad")):
        rows = [i for i, s in enumerate(songs) if artist in s.artists and verdict.known[i]]
        assert MOODS[int(verdict.moods[rows].mean(axis=0).argmax())] == mood


def test_the_first_songs_are_as_good_as_recorded(spotify: Catalogue, verdict: Verdict) -> None:
    ours, paper, popularity = (
        judge_ranking(make(spotify), verdict)
        for make in (ListenersRanking, PaperRanking, PopularityRanking)
    )
    recorded = load_result("ranking")["listeners"]["judged"]
    assert ours.screens == pytest.approx(recorded["screens"], abs=0.02)
    assert ours.fit == pytest.approx(recorded["fit"], abs=0.02)
    assert ours.screens > 0.33
    assert popularity.fit == pytest.approx(0.25, abs=0.02)
    for mood in MOODS:
        assert all(a > b for a, b in zip(ours.moods[mood], paper.moods[mood], strict=True))


def test_playlists_make_the_first_songs_better() -> None:
    results = load_result("ranking")
    plain, learnt = (results[name]["judged"] for name in ("listeners", "listeners, with playlists"))
    assert learnt["first"] >= 0.55 > plain["first"]
    assert learnt["screens"] >= 0.48 > plain["screens"]
    assert learnt["fit"] >= 0.59 > plain["fit"]
