"""The HTTP API as it is documented."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from test_server import error_of

from mien import EMOTIONS, Feedback, Store
from mien.server.app import create_app
from mien.server.spec import specification

SONG = "0nYYvSzTI0vM8WBuZbMHE9"  # of the starter


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


def songs_for(client: FlaskClient, emotion: str) -> list[str]:
    answer = client.post("/api/v1/recommendations", json={"emotion": emotion}).get_json()
    return [song["id"] for song in answer["songs"]]


class TestRatings:
    def test_are_kept_and_change_what_comes(self, client: FlaskClient) -> None:
        first, second, *_ = songs_for(client, "happy")
        rating = {"song": first, "stars": 5, "ranking": "listeners"}
        assert client.post("/api/v1/ratings", json=rating).status_code == 201
        disliked = client.post("/api/v1/ratings", json={"song": second, "said": "dislike"})
        assert disliked.get_json() == {"song": second, "stars": None, "said": "dislike"}
        assert Feedback().values() == {first: 1.0, second: -1.0}
        assert second not in songs_for(client, "happy")
        summary = client.get("/api/v1/ratings/summary").get_json()
        assert summary["songs"] == 2
        assert summary["opinions"] == {
            "listeners": {"mean": 5.0, "low": None, "high": None, "n": 1}
        }

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
    def test_what_makes_no_sense_is_refused(self, client: FlaskClient, body: object) -> None:
        response = client.post("/api/v1/ratings", json=body)
        assert response.status_code == 400
        assert error_of(response)["message"]
        assert Feedback().values() == {}

    @pytest.mark.parametrize("more", [{"song": "a"}, {"catalogue": "nothing"}])
    def test_what_is_not_there(self, client: FlaskClient, more: dict[str, str]) -> None:
        response = client.post("/api/v1/ratings", json={"song": SONG, "stars": 5, **more})
        assert response.status_code == 404
        assert error_of(response)["code"] == "not_there"
        assert Feedback().values() == {}

    def test_corrections_are_kept(self, client: FlaskClient) -> None:
        shown = {e: float(e == "sad") for e in EMOTIONS}
        body = {"expression": shown, "emotion": "neutral"}
        assert client.post("/api/v1/corrections", json=body).status_code == 201
        (kept,) = Feedback().export()["corrections"]
        assert (json.loads(kept["read"]), kept["said"]) == (shown, "neutral")
        for wrong in ({**body, "emotion": "merry"}, {"emotion": "sad"}, {**body, "emotion": 3}):
            assert client.post("/api/v1/corrections", json=wrong).status_code == 400


class TestCatalogue:
    def test_says_what_there_is(self, client: FlaskClient) -> None:
        body = client.get("/api/v1/catalogue").get_json()
        assert (body["name"], body["songs"]) == ("starter", 4508)
        assert body["genres"] == Store().open("starter").genres()
        assert body["features"]["valence"]["low"] < body["features"]["valence"]["high"]
        assert [c["name"] for c in body["catalogues"]] == ["starter"]
        assert client.get("/api/v1/catalogue?name=nothing").status_code == 404

    @pytest.mark.parametrize("form", ["m3u8", "xspf", "csv"])
    def test_playlists(self, client: FlaskClient, form: str) -> None:
        ids = songs_for(client, "sad")
        response = client.post(f"/api/v1/playlists/{form}", json={"songs": ids})
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].endswith(f'"mien.{form}"')
        text = response.get_data(as_text=True)
        places = [text.index(i) for i in ids]
        assert places == sorted(places)
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
    def test_playlists_of_nothing(self, client: FlaskClient, path: str, body: object) -> None:
        response = client.post(f"/api/v1/playlists/{path}", json=body)
        assert response.status_code == 400
        assert error_of(response)["message"]

    @pytest.mark.parametrize("more", [{}, {"catalogue": "nothing"}])
    def test_playlists_of_what_is_not_there(
        self, client: FlaskClient, more: dict[str, str]
    ) -> None:
        response = client.post("/api/v1/playlists/csv", json={"songs": ["nothing"], **more})
        assert response.status_code == 404
        assert error_of(response)["hint"]


class TestMoments:
    def post(self, client: FlaskClient, photo: bytes, **fields: object) -> dict[str, object]:
        form = {"photo": (io.BytesIO(photo), "frame.jpg"), **fields}
        response = client.post("/api/v1/moments", data=form)
        assert response.status_code == 200, response.get_data(as_text=True)
        found: dict[str, object] = response.get_json()
        return found

    def test_frame_after_frame(self, client: FlaskClient, astronaut_jpg: object) -> None:
        """What was answered goes back as it is; the mood settles once and stays."""
        photo = astronaut_jpg.read_bytes()  # type: ignore[attr-defined]
        before, changes = "", 0
        for i in range(9):
            moment = self.post(client, photo, time=str(i / 10), before=before)
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
        room = self.post(client, photo, time="1", before=before, whom="room")
        assert (room["whom"], room["changed"]) == ("room", True)
        still = self.post(client, photo, time="1.1", before=json.dumps(room), whom="room")
        assert (still["whom"], still["changed"]) == ("room", False)
        assert self.post(client, photo, time="1.1", before=before, whom="1")["whom"] == 1

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
    def test_what_makes_no_sense_is_refused(
        self, client: FlaskClient, astronaut_jpg: object, fields: dict[str, str]
    ) -> None:
        photo = astronaut_jpg.read_bytes()  # type: ignore[attr-defined]
        form = {"photo": (io.BytesIO(photo), "frame.jpg"), **fields}
        response = client.post("/api/v1/moments", data=form)
        assert response.status_code == 400
        assert error_of(response)["hint"]


def test_the_documents_say_the_same(client: FlaskClient) -> None:
    spec = client.get("/openapi.json").get_json()
    assert spec == json.loads(json.dumps(specification()))
    app = create_app()
    served = {
        str(rule).replace("<form>", "{form}")
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api") or str(rule) == "/healthz"
    }
    assert served == set(spec["paths"])
    page = client.get("/docs").get_data(as_text=True)
    for path, methods in spec["paths"].items():
        assert f"POST {path}" in page or f"GET {path}" in page
        for operation in methods.values():
            assert operation["summary"] in page
    for name in spec["components"]["schemas"]:
        assert f'id="{name}"' in page
