"""The options that commands share, as a person or a script uses them."""

from __future__ import annotations

import click
import pytest
from running import answer

from mien.catalogue.filters import Filter
from mien.cli import main
from mien.cli.options import locale_languages, make_query, resolve_song, song_argument
from mien.errors import NoSuchSongError
from mien.mood import Mood
from mien.recommendation.query import Query


def test_rankings_are_offered_as_the_query_lists_them() -> None:
    from mien.recommendation.query import DEFAULT_RANKING, RANKINGS

    (option,) = (p for p in main.commands["recommend"].params if p.name == "ranking")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(RANKINGS)
    assert option.default == DEFAULT_RANKING


def test_options_make_one_query() -> None:
    options = {
        "n": 8,
        "ranking": "nearness",
        "policy": "suit",
        "familiarity": "balanced",
        "languages": ["pt"],
        "to": "0.9,0.8,130",
        "genres": ["rock"],
        "without": ["metal"],
        "clean": True,
        "popularity": (0, 40),
        "minutes": (2, 5),
        "like": [],
        "never": [],
        "fresh": False,
        "impersonal": True,
        "seed": 3,
        "catalogue": "starter",
    }
    assert make_query("Sad", **options) == Query(  # type: ignore[arg-type]
        "sad",
        8,
        ranking="nearness",
        languages=("pt",),
        to=Mood(0.9, 0.8, 130),
        where=Filter("rock", "metal", clean=True, popularity=(0, 40), minutes=(2, 5)),  # type: ignore[arg-type]
        personal=False,
        seed=3,
        catalogue="starter",
    )


def test_songs_are_named_by_number_or_id() -> None:
    songs = answer("recommend", "--emotion", "sad", "-n", "2")["songs"]
    assert isinstance(songs, list)
    first, second = (song["id"] for song in songs)
    assert resolve_song("1", None) == resolve_song(first, None) == first
    assert song_argument("2") == 2
    assert song_argument(second) == second
    for unknown in ("3", "nothing", "0", "٣"):
        with pytest.raises(NoSuchSongError):
            resolve_song(unknown, None)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "pt_BR.UTF-8"}, ("pt",)),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "sv_SE"}, ("sv",)),
        ({"LANG": "C.UTF-8"}, ()),
        ({"LANG": "POSIX"}, ()),
        ({}, ()),
    ],
)
def test_the_locale_tells_the_language(
    environment: dict[str, str], expected: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert locale_languages() == expected
