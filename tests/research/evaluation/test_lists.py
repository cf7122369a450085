"""The page of first songs."""

from __future__ import annotations

from html.parser import HTMLParser

from mien import Catalogue, Recommender
from mien.emotions import RATED
from mien.recommendation.target import WORDS
from mien.research.evaluation.lists import SONGS, Line, SongList, make_lists, render


def test_every_emotion_and_mood_has_a_list(starter: Catalogue) -> None:
    lists = {one.name: one for one in make_lists(Recommender(starter), "starter")}
    assert {*RATED, *WORDS, "fear, match", "sad, lift"} <= lists.keys()
    for one in lists.values():
        assert len(one.now) == SONGS
        assert all(line.why for line in one.now)
    assert all(len(lists[name].before) == SONGS for name in ("happy", "sad", "angry", "fear"))


def test_the_page_has_every_song_and_no_markup_of_theirs() -> None:
    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            texts.append(data)

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag != "b"
            found = dict(attrs)
            assert "src" not in found
            assert (found.get("href") or "#").startswith("#")

    now, before = Line("<b>One</b>", "A & B", "pop", "Bright."), Line("Old", "C", "", "Far.")
    Reader().feed(render([("mine", [SongList("happy", (now,), (before,))])]))
    assert "<b>One</b> – A & B" in texts
    assert "Old – C" in texts
    assert "mine" in texts
