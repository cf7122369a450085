"""Two rankings in one list."""

from __future__ import annotations

from mien import recommend
from mien.recommendation.interleaving import interleave


def test_both_rankings_take_turns() -> None:
    one, other = (recommend("sad", 6, ranking=name) for name in ("listeners", "paper"))
    first = []
    for seed in range(30):
        picks = interleave(one, other, 6, seed)
        assert len({pick.song.id for pick in picks}) == 6
        assert sorted(pick.ranking for pick in picks) == ["listeners"] * 3 + ["paper"] * 3
        first.append(picks[0].ranking)
    assert 5 < first.count("paper") < 25


def test_equal_lists_give_each_song_once() -> None:
    one = recommend("sad", 6)
    assert len({pick.song.id for pick in interleave(one, one, 4, 0)}) == 4


def test_each_ranking_picks_its_best_songs_first() -> None:
    one, other = (recommend("sad", 6, ranking=name) for name in ("listeners", "random"))
    picks = interleave(one, other, 6, seed=3)
    for songs in (one, other):
        best = [r.song.id for r in songs.songs[:3]]
        assert [pick.song.id for pick in picks if pick.ranking == songs.ranking] == best
    assert interleave(one, other, 6, seed=3) == picks


def test_a_shorter_list_leaves_the_rest_to_the_other() -> None:
    one, other = recommend("sad", 1, ranking="random"), recommend("sad", 8)
    picks = interleave(one, other, 6, seed=0)
    assert [pick.ranking for pick in picks].count("listeners") == 5
    assert len(interleave(one, one, 6, seed=0)) == 1
