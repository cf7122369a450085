"""The HTTP API, request by request."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import own_music
import pytest
from crowds import bust, row_of
from flask.testing import FlaskClient
from PIL import Image
from running import check_shape
from serving import error_of
from werkzeug.test import TestResponse

from mien import EMOTIONS, Feedback, Store
from mien.server.api import ON_SCREEN
from mien.server.faces import MAX_FRAMES
from mien.support.arrays import UInt8Array

SONG = "4cOdK2wGLETKBW3PvgPWqT"  # of the starter
SONGS = "/api/v1/recommendations"


def songs_for(client: FlaskClient, emotion: str, **more: object) -> list[str]:
    """The ids of the songs that are recommended."""
    with client.post(SONGS, json={"emotion": emotion, **more}) as response:
        return [song["id"] for song in response.get_json()["songs"]]


def test_expression_from_a_body_or_a_form(client: FlaskClient, jpeg: bytes) -> None:
    plain = client.post("/api/v1/expression", data=jpeg, content_type="image/jpeg")
    assert plain.status_code == 200
    (face,) = plain.get_json()["faces"]
    assert face["label"] == "happy"
    form = client.post("/api/v1/expression", data={"photo": (io.BytesIO(jpeg), "me.jpg")})
    assert form.get_json() == plain.get_json()


def test_songs_like_one(client: FlaskClient) -> None:
    plain = songs_for(client, "happy")
    near = songs_for(client, "happy", like=plain[1:2])
    assert plain[1] not in near
    assert near != [song for song in plain if song != plain[1]]
    assert songs_for(client, "happy") == plain


def test_songs_stay_while_they_are_on_the_screen_and_then_step_back(
    client: FlaskClient, home: Path
) -> None:
    best, drawn = songs_for(client, "sad"), songs_for(client, "sad", seed=3)
    assert songs_for(client, "sad") == best
    assert [s.song for s in Feedback().shown(1)] == [*best, *drawn, *best]  # saved once sent
    earlier = (datetime.now(UTC) - timedelta(seconds=ON_SCREEN)).isoformat()
    with closing(sqlite3.connect(home / "feedback.sqlite")) as db, db:
        db.execute("UPDATE lists SET time = ?", (earlier,))
    later = songs_for(client, "sad")
    assert not set(later) & {*best, *drawn}
    assert songs_for(client, "sad", seed=3) == drawn


def test_songs_are_answered_where_nothing_can_be_saved(client: FlaskClient, home: Path) -> None:
    (home / "feedback.sqlite").mkdir(parents=True)
    assert songs_for(client, "sad") == songs_for(client, "sad")


def test_a_photo_without_a_face(client: FlaskClient) -> None:
    out = io.BytesIO()
    Image.new("RGB", (100, 100)).save(out, "PNG")
    response = client.post("/api/v1/expression", data=out.getvalue(), content_type="image/png")
    assert response.get_json() == {"faces": []}
    songs = client.post(SONGS, data=out.getvalue(), content_type="image/png")
    assert songs.status_code == 404
    assert error_of(songs)["code"] == "no_face"


@pytest.mark.parametrize(
    "body",
    [
        {"emotion": "sad"},
        {"mood": {"valence": 0.2, "energy": 0.3, "tempo": 90}, "ranking": "paper", "n": 6},
        {
            "expression": dict.fromkeys(EMOTIONS, 2),
            "genres": ["rock"],
            "without": ["metal"],
            "clean": True,
            "minutes": [1, 9],
            "seed": 4,
        },
    ],
)
def test_recommendations(client: FlaskClient, body: dict[str, object]) -> None:
    response = client.post(SONGS, json=body)
    assert response.status_code == 200
    check_shape(json.loads(response.get_data()), faces=0)
    assert len(response.get_json()["songs"]) == 6


def post_photo(client: FlaskClient, path: str, photo: bytes, **fields: object) -> TestResponse:
    """The answer to a form with a photo."""
    return client.post(path, data={"photo": (io.BytesIO(photo), "me.jpg"), **fields})


def test_options_beside_a_photo(client: FlaskClient, jpeg: bytes) -> None:
    options = {"n": "3", "ranking": "paper", "genres": ["rock", "metal"], "seed": "1"}
    body = post_photo(client, SONGS, jpeg, **options).get_json()
    assert body["ranking"] == "paper"
    assert len(body["songs"]) == 3
    assert all({"rock", "metal"} & set(song["genres"]) for song in body["songs"])
    for wrong in (
        {"n": "x"},
        {"n": ""},
        {"n": "2.5"},
        {"more": "1"},
        {"seed": "-1"},
        {"seed": str(2**53 + 1)},
        {"popularity": "3"},
        {"minutes": ["2", "x"]},
        {"clean": "yes"},
        {"to": "{"},
        {"other": (io.BytesIO(jpeg), "you.jpg")},
    ):
        response = post_photo(client, SONGS, jpeg, **wrong)
        assert response.status_code == 400
        assert error_of(response)["hint"]


def test_options_of_a_form_are_those_of_json(client: FlaskClient, jpeg: bytes) -> None:
    mood = {"valence": 0.8, "energy": 0.5, "tempo": 120}
    for form, options in (
        ({"popularity": "[20, 60]"}, {"popularity": [20, 60]}),
        ({"popularity": ["20", "60"]}, {"popularity": [20, 60]}),
        ({"minutes": "[2, 4.5]", "clean": "true"}, {"minutes": [2, 4.5], "clean": True}),
        ({"to": "happy", "n": "4.0"}, {"to": "happy", "n": 4}),
        ({"to": json.dumps(mood)}, {"to": mood}),
        ({"without": ["rock", "metal"]}, {"without": ["rock", "metal"]}),
    ):
        answer = post_photo(client, SONGS, jpeg, **form).get_json()
        expression = answer.pop("faces")[0]["expression"]
        same = client.post(SONGS, json={"expression": expression, **options}).get_json()
        assert [song["id"] for song in same["songs"]] == [song["id"] for song in answer["songs"]]


@pytest.mark.parametrize(
    ("whole", "decimal"), [({"n": 3}, {"n": 3.0}), ({"seed": 5, "n": 6}, {"seed": 5.0, "n": 6e0})]
)
def test_whole_numbers_may_have_a_point(
    client: FlaskClient, whole: dict[str, int], decimal: dict[str, float]
) -> None:
    assert songs_for(client, "sad", **decimal) == songs_for(client, "sad", **whole)


def test_recommendations_for_a_photo(client: FlaskClient, jpeg: bytes) -> None:
    response = client.post(SONGS, data=jpeg, content_type="image/jpeg")
    check_shape(json.loads(response.get_data()), faces=1)


BAD_BODIES: list[object] = [
    None,
    [],
    "sad",
    {},
    {"emotion": "merry"},
    {"emotion": 3},
    {"emotion": "sad", "mood": {}},
    {"mood": {"valence": 1}},
    {"mood": {"valence": 2, "energy": 0, "tempo": 100}},
    {"mood": {"valence": "1", "energy": 0, "tempo": 100}},
    {"mood": {"valence": True, "energy": 0, "tempo": 100}},
    {"mood": {"valence": 1e999, "energy": 0, "tempo": 100}},
    {"expression": {"angry": 1}},
    {"emotion": "sad", "n": 0},
    {"emotion": "sad", "n": 10**9},
    {"emotion": "sad", "n": "6"},
    {"emotion": "sad", "n": True},
    {"emotion": "sad", "seed": -1},
    {"emotion": "sad", "seed": 1.5},
    {"emotion": "sad", "seed": 2**53 + 1},
    {"emotion": "sad", "n": None},
    {"emotion": "sad", "mood": None},
    {"emotion": "sad", "ranking": "horoscope"},
    {"emotion": "sad", "ranking": ["paper"]},
    {"emotion": "sad", "genres": "rock"},
    {"emotion": "sad", "without": [3]},
    {"emotion": "sad", "clean": "yes"},
    {"emotion": "sad", "minutes": 3},
    {"emotion": "sad", "popularity": [0, "x"]},
    {"emotion": "sad", "policy": "enrage"},
    {"emotion": "sad", "policy": 1},
    {"emotion": "sad", "like": "a"},
    {"emotion": "sad", "never": "a"},
    {"emotion": "sad", "never": ["a"] * 501},
    {"emotion": "sad", "like": [1]},
    {"emotion": "sad", "like": ["\ud800"]},
    {"emotion": "sad", "to": "nowhere"},
    {"emotion": "sad", "to": {"valence": 1}},
    {"emotion": "sad", "to": "happy", "policy": "lift"},
    {"emotion": "sad", "catalogue": 3},
    {"emotion": "sad", "more": 1},
    {"emotion": "sad", "genres": ["\ud800"]},
    {"\ud800": 1},
    {"mood": {"valence": 10**400, "energy": 0, "tempo": 100}},
    {"expression": dict.fromkeys(EMOTIONS, 0)},
    {"expression": dict.fromkeys(EMOTIONS, -1)},
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=str)
def test_bad_requests_have_the_one_shape(client: FlaskClient, body: object) -> None:
    response = client.post(SONGS, data=json.dumps(body), content_type="application/json")
    assert response.status_code == 400
    assert error_of(response)["hint"]
    assert not re.search(r"--|`|\bmien [a-z]+", error_of(response)["hint"])


@pytest.mark.parametrize(
    "more", [{"like": ["nothing"]}, {"genres": ["nonsense"]}, {"catalogue": "nonsense"}]
)
def test_what_is_missing_is_named(client: FlaskClient, more: dict[str, object]) -> None:
    response = client.post(SONGS, json={"emotion": "sad", **more})
    assert response.status_code == 404
    error = error_of(response)
    assert error["code"] == "not_there"
    assert "noth" in error["message"] or "nonsense" in error["message"]
    assert "/api/v1/" in error["hint"]


def test_never_leaves_songs_out(client: FlaskClient) -> None:
    first = songs_for(client, "happy")
    others = songs_for(client, "happy", never=first)
    assert len(others) == 6
    assert not set(others) & set(first)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"emotion": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"\xff",
        b'{"a": NaN}',
        b'{"emotion": "sad", "n": Infinity}',
        b'{"emotion": "sad", "n": 1e999}',
        b'{"emotion": "sad", "genres": ["\\udc00"]}',
        b"1" * 9999,
    ],
    ids=lambda body: body[:40],
)
def test_bodies_that_are_not_json_have_the_one_shape(client: FlaskClient, body: bytes) -> None:
    response = client.post(SONGS, data=body, content_type="application/json")
    assert response.status_code == 400
    assert error_of(response)["code"] == "bad_request"


@pytest.mark.parametrize("data", [b"", b"nothing", b"\xff\xd8\xff\xe0 cut"])
def test_bad_photos_have_the_one_shape(client: FlaskClient, data: bytes) -> None:
    response = client.post("/api/v1/expression", data=data, content_type="image/jpeg")
    assert response.status_code == 400
    assert error_of(response)["code"] == "photo"


class TestRatings:
    def test_are_kept_and_change_recommendations(self, client: FlaskClient) -> None:
        first, second, *_ = songs_for(client, "happy")
        rating = {"song": first, "stars": 5, "ranking": "listeners"}
        assert client.post("/api/v1/ratings", json=rating).status_code == 201
        disliked = client.post("/api/v1/ratings", json={"song": second, "said": "dislike"})
        assert disliked.get_json() == {"song": second, "stars": None, "said": "dislike"}
        assert Feedback().preferences() == {first: 1.0, second: -1.0}
        assert second not in songs_for(client, "happy")
        summary = client.get("/api/v1/ratings/summary").get_json()
        assert summary["songs"] == 2
        assert summary["opinions"] == {
            "listeners": {"mean": 5.0, "low": None, "high": None, "n": 1}
        }

    @pytest.mark.parametrize(
        "opinion", [{"stars": 4.0}, {"stars": 4, "said": None}, {"said": "like", "stars": None}]
    )
    def test_take_whole_numbers_with_a_point_and_nulls(
        self, client: FlaskClient, opinion: dict[str, object]
    ) -> None:
        response = client.post("/api/v1/ratings", json={"song": SONG, **opinion})
        assert response.status_code == 201
        assert response.get_json() == {"song": SONG, "stars": None, "said": None, **opinion}
        assert SONG in Feedback().preferences()

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"song": SONG},
            {"song": SONG, "stars": 6},
            {"song": SONG, "stars": "5"},
            {"song": SONG, "stars": True},
            {"song": SONG, "stars": 4.5},
            {"song": SONG, "stars": 5, "said": "like"},
            {"song": SONG, "said": "love"},
            {"song": SONG, "said": ["like"]},
            {"song": 3, "stars": 5},
            {"song": "", "stars": 5},
            {"song": "x" * 201, "stars": 5},
            {"song": SONG, "stars": 5, "ranking": "horoscope"},
            {"song": SONG, "stars": 5, "ranking": ["paper"]},
            {"song": SONG, "stars": 5, "more": 1},
            {"song": SONG, "stars": 5, "catalogue": 3},
        ],
    )
    def test_invalid_bodies_are_refused(self, client: FlaskClient, body: object) -> None:
        response = client.post("/api/v1/ratings", json=body)
        assert response.status_code == 400
        assert error_of(response)["message"]
        assert Feedback().preferences() == {}

    @pytest.mark.parametrize("more", [{"song": "a"}, {"catalogue": "nothing"}])
    def test_missing_songs_and_catalogues(self, client: FlaskClient, more: dict[str, str]) -> None:
        response = client.post("/api/v1/ratings", json={"song": SONG, "stars": 5, **more})
        assert response.status_code == 404
        assert error_of(response)["code"] == "not_there"
        assert Feedback().preferences() == {}

    def test_corrections_are_kept(self, client: FlaskClient) -> None:
        shown = {e: float(e == "sad") for e in EMOTIONS}
        body = {"expression": shown, "emotion": "neutral"}
        assert client.post("/api/v1/corrections", json=body).status_code == 201
        (kept,) = Feedback().export()["corrections"]
        assert (json.loads(kept["read"]), kept["said"]) == (shown, "neutral")
        for wrong in ({**body, "emotion": "merry"}, {"emotion": "sad"}, {**body, "emotion": 3}):
            assert client.post("/api/v1/corrections", json=wrong).status_code == 400


class TestCatalogue:
    def test_describes_the_catalogue(self, client: FlaskClient) -> None:
        body = client.get("/api/v1/catalogue").get_json()
        assert (body["name"], body["songs"]) == ("starter", len(Store().open("starter")))
        assert body["genres"] == Store().open("starter").genres()
        assert body["features"]["valence"]["low"] < body["features"]["valence"]["high"]
        assert [c["name"] for c in body["catalogues"]] == ["starter"]
        assert client.get("/api/v1/catalogue?name=nothing").status_code == 404

    def test_a_playlist_for_players_holds_addresses_of_sounds(
        self, client: FlaskClient, tmp_path: Path
    ) -> None:
        ids = own_music.save_songs([tmp_path / "a.mp3", None])
        answer = client.post("/api/v1/playlists/m3u8", json={"songs": ids})
        lines = answer.get_data(as_text=True).splitlines()
        assert lines[2:] == [f"http://localhost/api/v1/songs/{ids[0]}/audio?catalogue=library"]
        assert str(tmp_path) not in answer.get_data(as_text=True)
        none = client.post("/api/v1/playlists/m3u8", json={"songs": ids[1:]})
        assert none.status_code == 404
        assert "xspf" in error_of(none)["hint"]

    @pytest.mark.parametrize("form", ["xspf", "csv"])
    def test_playlists(self, client: FlaskClient, form: str) -> None:
        ids = songs_for(client, "sad")
        response = client.post(f"/api/v1/playlists/{form}", json={"songs": ids})
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].endswith(f'"mien.{form}"')
        text = response.get_data(as_text=True)
        offsets = [text.index(i) for i in ids]
        assert offsets == sorted(offsets)
        if form == "xspf":
            name = "{http://xspf.org/ns/0/}track"
            assert len(list(ElementTree.fromstring(text).iter(name))) == len(ids)

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("pls", {"songs": ["a"]}),
            ("csv", {"songs": []}),
            ("csv", {"songs": "a"}),
            ("csv", {"songs": ["a"] * 1001}),
            ("csv", {}),
        ],
    )
    def test_invalid_playlists_are_refused(
        self, client: FlaskClient, path: str, body: object
    ) -> None:
        response = client.post(f"/api/v1/playlists/{path}", json=body)
        assert response.status_code == 400
        assert error_of(response)["message"]

    @pytest.mark.parametrize("more", [{}, {"catalogue": "nothing"}])
    def test_playlists_of_missing_songs(self, client: FlaskClient, more: dict[str, str]) -> None:
        response = client.post("/api/v1/playlists/csv", json={"songs": ["nothing"], **more})
        assert response.status_code == 404
        assert error_of(response)["hint"]


class TestMoments:
    def post(self, client: FlaskClient, photo: bytes, **fields: object) -> dict[str, object]:
        response = post_photo(client, "/api/v1/moments", photo, **fields)
        assert response.status_code == 200, response.text
        found: dict[str, object] = response.get_json()
        return found

    def test_frame_after_frame(self, client: FlaskClient, jpeg: bytes) -> None:
        """Each answer goes back as it is; the mood settles once and stays."""
        before, changes = "", 0
        for i in range(9):
            moment = self.post(client, jpeg, time=str(i / 10), before=before)
            before = json.dumps(moment)
            changes += bool(moment["changed"])
            faces = moment["faces"]
            assert isinstance(faces, list)
            found = [(face["number"], face["seen"], face["label"]) for face in faces]
            assert found == [(1, i / 10, "happy")]
        assert changes == 1
        steady = moment["steady"]
        assert steady["label"] == "happy"  # type: ignore[index]
        assert steady["mood"]["valence"] > 0.7  # type: ignore[index]
        room = self.post(client, jpeg, time="1", before=before, whom="room")
        assert (room["whom"], room["changed"]) == ("room", True)
        still = self.post(client, jpeg, time="1.1", before=json.dumps(room), whom="room")
        assert (still["whom"], still["changed"]) == ("room", False)
        assert self.post(client, jpeg, time="1.1", before=before, whom="1")["whom"] == 1
        decimal = before.replace('"number": 1,', '"number": 1.0,').replace('"met": 1', '"met": 1.0')
        assert decimal != before
        moment = self.post(client, jpeg, time="1.1", before=decimal)
        assert moment["faces"][0]["number"] == 1  # type: ignore[index]

    def test_people_far_away(
        self, client: FlaskClient, astronaut: UInt8Array, hopper: UInt8Array
    ) -> None:
        """A frame of theirs is searched thoroughly now and then, and they are known between."""
        crowd = [bust(astronaut[0:250, 110:360], 96), bust(hopper[0:400, 60:460], 90)] * 3
        before = ""
        for i in range(4):
            out = io.BytesIO()
            Image.fromarray(row_of(crowd, (2 * i, i))).save(out, "JPEG", quality=90)
            moment = self.post(client, out.getvalue(), time=str(i / 10), before=before)
            before = json.dumps(moment)
            assert isinstance(moment["faces"], list)
            assert [face["seen"] for face in moment["faces"]] == [i / 10] * 6
        assert moment["met"] == 6

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"time": "soon"},
            {"time": "nan"},
            {"time": "1", "whom": "everybody"},
            {"time": "1", "before": "[]"},
            {"time": "1", "before": "{"},
            {"time": "1", "before": '{"faces": 3}'},
            {"time": "1", "before": '{"faces": [], "met": "a", "time": 0}'},
            {"time": "1", "before": '{"faces": [], "met": 0, "time": "x"}'},
            {"time": "1", "before": '{"faces": [{}], "met": 0, "time": 0}'},
            {"time": "1", "before": '{"faces": [{"number": 1}], "met": 0, "time": 0}'},
            {
                "time": "1",
                "before": '{"faces": [{"number": 1, "box": [0, 0, 0, 0]}], "met": 0, "time": 0}',
            },
            {"time": "1", "before": '{"faces": [], "met": 0, "time": 0, "steady": 3}'},
            {"time": "1", "before": '{"faces": [], "met": 0, "time": 0, "steady": {}}'},
            {"time": "-1"},
            {"time": "1", "before": '{"faces": [], "met": 0, "time": 0, "whom": "me"}'},
        ],
    )
    def test_invalid_bodies_are_refused(
        self, client: FlaskClient, jpeg: bytes, fields: dict[str, str]
    ) -> None:
        response = post_photo(client, "/api/v1/moments", jpeg, **fields)
        assert response.status_code == 400
        assert error_of(response)["hint"]


class TestNeutralFace:
    def take(self, client: FlaskClient, *photos: bytes, **fields: object) -> TestResponse:
        files = [(io.BytesIO(photo), f"{i}.jpg") for i, photo in enumerate(photos)]
        return client.post("/api/v1/neutral", data={"photo": files, **fields})

    def test_later_readings_are_relative_to_it(
        self, client: FlaskClient, jpeg: bytes, home: Path
    ) -> None:
        taken = self.take(client, jpeg, jpeg, anyway="true")
        assert taken.status_code == 200
        neutral = taken.get_json()
        assert neutral["frames"] == 2
        assert [len(odds) for odds in neutral["readings"].values()] == [8]
        fields = {"neutral": json.dumps(neutral)}
        (face,) = post_photo(client, "/api/v1/expression", jpeg, **fields).get_json()["faces"]
        assert (face["label"], face["relative"]) == ("neutral", True)
        moment = post_photo(client, "/api/v1/moments", jpeg, time=0, **fields).get_json()
        assert moment["expression"]["label"] == "neutral"
        songs = post_photo(client, SONGS, jpeg, **fields).get_json()
        assert songs["faces"][0]["label"] == "neutral"
        plain = post_photo(client, "/api/v1/expression", jpeg).get_json()["faces"][0]
        assert (plain["label"], plain["relative"]) == ("happy", False)
        assert not (home / "neutral.json").exists()  # the server keeps nothing

    def test_refuses_a_smile(self, client: FlaskClient, jpeg: bytes) -> None:
        refused = self.take(client, jpeg)
        assert refused.status_code == 400
        assert error_of(refused)["code"] == "calibration"

    def test_refuses_no_photo_too_many_and_nobody(self, client: FlaskClient, jpeg: bytes) -> None:
        assert error_of(self.take(client))["code"] == "photo"
        assert error_of(self.take(client, *[jpeg] * (MAX_FRAMES + 1)))["code"] == "bad_request"
        out = io.BytesIO()
        Image.new("RGB", (100, 100)).save(out, "PNG")
        nobody = self.take(client, out.getvalue())
        assert (nobody.status_code, error_of(nobody)["code"]) == (404, "no_face")

    @pytest.mark.parametrize(
        ("neutral", "code"),
        [
            ({"frames": 1, "readings": {"0123456789abcdef": [0.0] * 8}}, "neutral_face"),
            ({"frames": 1, "readings": {"0123456789abcdef": [0.0] * 7}}, "bad_request"),
            ({"frames": 1, "readings": {"0123456789abcdef": [99.0] * 8}}, "bad_request"),
            ({"frames": 1, "readings": {}}, "bad_request"),
            ("none", "bad_request"),
        ],
    )
    def test_refuses_numbers_of_another_network_or_none(
        self, client: FlaskClient, jpeg: bytes, neutral: object, code: str
    ) -> None:
        response = post_photo(client, "/api/v1/expression", jpeg, neutral=json.dumps(neutral))
        assert response.status_code == 400
        assert error_of(response)["code"] == code


def test_contempt_goes_from_frame_to_frame(client: FlaskClient, jpeg: bytes) -> None:
    first = post_photo(client, "/api/v1/moments", jpeg, time=0).get_json()
    first["faces"][0]["contempt"] = 0.9
    second = post_photo(client, "/api/v1/moments", jpeg, time=0.1, before=json.dumps(first))
    assert second.get_json()["faces"][0]["contempt"] > 0.5
