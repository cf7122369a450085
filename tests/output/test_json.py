"""The JSON that leaves mien: names, order and digits."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest

from mien.catalogue.quantiles import Scale
from mien.catalogue.song import Song
from mien.emotions import EMOTIONS
from mien.face.expression import Expression
from mien.face.reading import Reading
from mien.face.tracking import EVERYONE, Moment, Track
from mien.listener.opinions import Opinion
from mien.mood import Mood
from mien.output.json import (
    ExpressionJson,
    MomentJson,
    RecommendationsJson,
    expression_json,
    links,
    moment_json,
    mood_json,
    recommendations_json,
    to_line,
)
from mien.recommendation.results import Recommendation, Recommendations

HAPPY = Expression.certain("happy")
SONG = Song("0nYYvSzTI0vM8WBuZbMHE9", "Für Élise & Co", ("Ann", "Bob"), ("pop",), 0.5, 0.25, 120.5)
SHARES = np.linspace(0, 1, 101)
SCALE = Scale.of(SHARES, SHARES, 60 + 100 * SHARES)


def decoded(value: object) -> dict[str, object]:
    """What a reader of the JSON gets."""
    body: dict[str, object] = json.loads(msgspec.json.encode(value))
    return body


def test_fields_of_an_expression_are_the_emotions() -> None:
    assert ExpressionJson.__struct_fields__ == EMOTIONS
    p = np.array([0.1234567, 0.0, 0.0, 0.8765433, 0.0, 0.0, 0.0], dtype=np.float32)
    body = decoded(expression_json(Expression.of(p)))
    assert list(body) == list(EMOTIONS)
    assert (body["angry"], body["happy"]) == (0.123457, 0.876543)


def test_a_mood_is_rounded() -> None:
    mood = Mood(np.float64(1 / 3), 2 / 3, 400 / 3)
    assert decoded(mood_json(mood)) == {"valence": 0.333333, "energy": 0.666667, "tempo": 133.333}


def test_recommendations() -> None:
    chosen = Recommendation(1, SONG, np.float64(0.12345678912), "Bright and driving")
    found = Recommendations(Mood(0.5, 0.5, 100), "listeners", (chosen,), Mood(0.1, 0.2, 60))
    said = {SONG.id: Opinion(4, "like"), "another": Opinion(1, None)}
    body = decoded(recommendations_json(found, Reading(()), opinions=said))
    assert list(body) == ["faces", "mood", "to", "ranking", "songs"]
    assert (body["faces"], body["ranking"]) == ([], "listeners")
    assert body["to"] == {"valence": 0.1, "energy": 0.2, "tempo": 60.0}
    words = "Ann%2C+Bob+F%C3%BCr+%C3%89lise+%26+Co"
    assert body["songs"] == [
        {
            "rank": 1,
            "id": SONG.id,
            "title": "Für Élise & Co",
            "artists": ["Ann", "Bob"],
            "genres": ["pop"],
            "valence": 0.5,
            "energy": 0.25,
            "tempo": 120.5,
            "score": 0.123456789,
            "why": "Bright and driving",
            "links": {
                "spotify": f"https://open.spotify.com/track/{SONG.id}",
                "youtube": f"https://www.youtube.com/results?search_query={words}",
            },
            "genres_estimated": False,
            "album": None,
            "seconds": None,
            "audio": None,
            "cover": None,
            "stars": 4,
            "said": "like",
        }
    ]
    assert recommendations_json(found, opinions=said) == msgspec.convert(body, RecommendationsJson)


@pytest.mark.parametrize("number", ["a", "not-of-22-letters-----"])
def test_songs_without_an_id_of_spotifys_are_searched_for(number: str) -> None:
    song = Song(number, "One", ("Ann",), (), 0.5, 0.5, 100)
    assert links(song).spotify == "https://open.spotify.com/search/Ann%20One"


def test_a_moment_keeps_its_names() -> None:
    """Python's names differ from those that pages and programs know."""
    small, large = Track(1, (0, 0, 10, 10), HAPPY, 2), Track(2, (0, 0.04, 20.06, 20), HAPPY, 2.5)
    moment = Moment(2.5, (small, large), EVERYONE, HAPPY, None, 2.0, False, 7)
    body = decoded(moment_json(moment, SCALE))
    names = ["time", "faces", "whom", "expression", "steady", "away", "changed", "met"]
    assert list(body) == names
    assert (body["time"], body["whom"], body["away"], body["met"]) == (2.5, "room", 2, 7)
    assert body["steady"] is None
    assert isinstance(body["faces"], list)
    assert [face["number"] for face in body["faces"]] == [2, 1]
    (face, _) = body["faces"]
    shown = ["expression", "label", "confidence", "contempt"]
    shown += ["second", "valence", "arousal", "strength"]
    assert list(face) == ["number", "box", "seen", "sure", *shown]
    assert face["box"] == [0, 0, 20.1, 20]
    assert isinstance(body["expression"], dict)
    assert list(body["expression"]) == [*shown, "mood"]
    assert body["expression"]["mood"]["valence"] > 0.8
    assert moment_json(moment, SCALE) == msgspec.convert(body, MomentJson)


def test_a_line_keeps_letters_and_unreadable_names() -> None:
    assert to_line({"name": "Für"}) == '{"name": "Für"}'
    assert to_line({"path": "a\udcff"}) == '{"path": "a\udcff"}'
    assert to_line(links(SONG)).startswith('{"spotify": "https://')
