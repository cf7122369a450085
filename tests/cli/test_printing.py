"""What people see in a terminal."""

from __future__ import annotations

import io

import numpy as np
from rich.console import Console

from mien.catalogue.song import Song
from mien.cli.printing import show_blind_list, show_reading, show_songs
from mien.face.detection import Face
from mien.face.expression import Expression
from mien.face.reading import FaceReading, Reading
from mien.mood import Mood
from mien.recommendation.results import Recommendation, Recommendations

SONG = Song("id", "[bold]Title[/bold]", ("Ann", "Bob"), ("rock",), 0.9, 0.8, 120.0)
MOOD = Mood(0.9, 0.8, 120)


def printed(show: object, *values: object, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show(console, *values)  # type: ignore[operator]
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def reading(*expressions: Expression) -> Reading:
    face = Face((0, 0, 48, 48), 0.9, ((10, 10), (30, 10)), np.zeros((48, 48), np.uint8))
    return Reading(tuple(FaceReading(face, expression) for expression in expressions))


def test_songs_are_a_table_with_reasons_and_no_markup() -> None:
    songs = Recommendations(MOOD, "listeners", (Recommendation(1, SONG, 0.98, "Bright"),))
    for width in (60, 120):
        text = printed(show_songs, songs, width=width)
        for words in ("[bold]Title[/bold]", "Ann, Bob", "0.980", "Bright", "ranked by listeners"):
            assert words in text
        assert max(map(len, text.splitlines())) <= width


def test_a_journey_names_both_ends() -> None:
    songs = Recommendations(MOOD, "listeners", (Recommendation(1, SONG, 0.98, ""),), Mood(0, 0, 60))
    assert "a journey from valence 0.90" in printed(show_songs, songs, width=200)


def test_no_song_is_no_table() -> None:
    text = printed(show_songs, Recommendations(MOOD, "paper", ()))
    assert text == "No song fits. Loosen the filters.\n"


def test_a_blind_list_does_not_tell_rankings() -> None:
    text = printed(show_blind_list, [SONG])
    assert "[bold]Title[/bold]" in text
    assert "mien feedback rate NUMBER STARS" in text


def test_the_largest_face_has_bars_and_others_are_counted() -> None:
    happy = Expression.of(np.eye(7)[3])
    text = printed(show_reading, reading(happy, happy))
    assert text.startswith("happy, 100 % sure  (the largest of 2 faces)")
    assert "\u2588" * 28 in text
    assert printed(show_reading, Reading(())) == ""


def test_an_unclear_face_is_called_hard_to_tell() -> None:
    unclear = Expression.of(np.full(7, 1 / 7), unsure_below=0.5)
    assert printed(show_reading, reading(unclear)).startswith("hard to tell")


def test_a_second_guess_and_a_neutral_face_are_in_the_headline() -> None:
    mixed = Expression.of(np.array([0.3, 0, 0, 0, 0, 0, 0.7]))
    (seen,) = reading(mixed).faces
    assert printed(show_reading, Reading((seen,))).startswith("neutral, 70 % sure, perhaps angry\n")
    relative = Reading((FaceReading(seen.face, mixed, is_relative=True),))
    text = printed(show_reading, relative, width=100)
    assert text.startswith("neutral, 70 % sure, perhaps angry  (relative to your neutral face)\n")
    assert "contempt" not in text


def test_contempt_has_a_bar_where_it_is_read() -> None:
    text = printed(show_reading, reading(Expression.of(np.eye(7)[6], contempt=0.8)))
    assert text.startswith("contempt, 80 % sure\n")
    assert "contempt ██████" in text
    assert "20 %" in text
