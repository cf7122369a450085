"""The HTTP API and its guards, through the app and through a real server."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from serving import serving
from test_cli import check_shape

from mien import Limits
from mien.server.app import create_app
from mien.types import UInt8Array


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


@pytest.fixture
def jpeg(astronaut_jpg: Path) -> bytes:
    return astronaut_jpg.read_bytes()


def error_of(response: object) -> dict[str, str]:
    """The one shape of an error."""
    body = response.get_json()  # type: ignore[attr-defined]
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "hint"]
    error: dict[str, str] = body["error"]
    assert all(isinstance(v, str) for v in error.values())
    return error


def test_expression_from_a_body_or_a_form(client: FlaskClient, jpeg: bytes) -> None:
    plain = client.post("/api/v1/expression", data=jpeg, content_type="image/jpeg")
    assert plain.status_code == 200
    (face,) = plain.get_json()["faces"]
    assert face["label"] == "happy"
    form = client.post("/api/v1/expression", data={"photo": (io.BytesIO(jpeg), "me.jpg")})
    assert form.get_json() == plain.get_json()


def test_songs_like_one(client: FlaskClient) -> None:
    def ask(**more: object) -> list[str]:
        answer = client.post("/api/v1/recommendations", json={"emotion": "happy", **more})
        return [song["id"] for song in answer.get_json()["songs"]]

    plain = ask()
    near = ask(like=plain[1:2])
    assert plain[1] not in near
    assert near != [song for song in plain if song != plain[1]]
    assert ask() == plain


def test_no_face_is_an_answer(client: FlaskClient) -> None:
    out = io.BytesIO()
    Image.new("RGB", (100, 100)).save(out, "PNG")
    response = client.post("/api/v1/expression", data=out.getvalue(), content_type="image/png")
    assert response.get_json() == {"faces": []}
    songs = client.post("/api/v1/recommendations", data=out.getvalue(), content_type="image/png")
    assert songs.status_code == 404
    assert error_of(songs)["code"] == "no_face"


@pytest.mark.parametrize(
    "body",
    [
        {"emotion": "sad"},
        {"mood": {"valence": 0.2, "energy": 0.3, "tempo": 90}, "ranking": "paper", "n": 6},
        {
            "expression": dict.fromkeys(
                ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"], 2
            ),
            "genres": ["rock"],
            "without": ["metal"],
            "clean": True,
            "minutes": [1, 9],
            "seed": 4,
        },
    ],
)
def test_recommendations(client: FlaskClient, body: dict[str, object]) -> None:
    response = client.post("/api/v1/recommendations", json=body)
    assert response.status_code == 200
    check_shape(json.loads(response.get_data()), faces=0)
    assert len(response.get_json()["songs"]) == 6


def test_options_beside_a_photo(client: FlaskClient, jpeg: bytes) -> None:
    def post(**fields: object) -> object:
        photo = {"photo": (io.BytesIO(jpeg), "me.jpg")}
        return client.post("/api/v1/recommendations", data={**photo, **fields})

    body = post(n="3", ranking="paper", genres=["rock", "metal"], seed="1").get_json()  # type: ignore[attr-defined]
    assert body["ranking"] == "paper"
    assert len(body["songs"]) == 3
    assert all({"rock", "metal"} & set(song["genres"]) for song in body["songs"])
    for wrong in ({"n": "x"}, {"more": "1"}, {"seed": "-1"}, {"genres": "nonsense"}):
        response = post(**wrong)
        assert response.status_code == 400  # type: ignore[attr-defined]
        assert error_of(response)["message"]


def test_recommendations_for_a_photo(client: FlaskClient, jpeg: bytes) -> None:
    response = client.post("/api/v1/recommendations", data=jpeg, content_type="image/jpeg")
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
    {"emotion": "sad", "ranking": "horoscope"},
    {"emotion": "sad", "ranking": ["paper"]},
    {"emotion": "sad", "genres": "rock"},
    {"emotion": "sad", "without": [3]},
    {"emotion": "sad", "clean": "yes"},
    {"emotion": "sad", "minutes": 3},
    {"emotion": "sad", "minutes": [5, 2]},
    {"emotion": "sad", "popularity": [0, "x"]},
    {"emotion": "sad", "policy": "enrage"},
    {"emotion": "sad", "policy": 1},
    {"emotion": "sad", "like": "a"},
    {"emotion": "sad", "like": [1]},
    {"emotion": "sad", "like": ["nothing"]},
    {"emotion": "sad", "like": ["\ud800"]},
    {"emotion": "sad", "to": "nowhere"},
    {"emotion": "sad", "to": {"valence": 1}},
    {"emotion": "sad", "to": "happy", "policy": "lift"},
    {"emotion": "sad", "genres": ["nonsense"]},
    {"emotion": "sad", "catalogue": "nonsense"},
    {"emotion": "sad", "catalogue": 3},
    {"emotion": "sad", "more": 1},
    {"emotion": "sad", "genres": ["\ud800"]},
    {"\ud800": 1},
    {"mood": {"valence": 10**400, "energy": 0, "tempo": 100}},
    {
        "expression": dict.fromkeys(
            ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"], 0
        )
    },
    {
        "expression": dict.fromkeys(
            ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"], -1
        )
    },
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=str)
def test_bad_requests_have_the_one_shape(client: FlaskClient, body: object) -> None:
    url = "/api/v1/recommendations"
    response = client.post(url, data=json.dumps(body), content_type="application/json")
    assert response.status_code == 400
    assert error_of(response)["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff", b'{"a": NaN', b"1" * 9999])
def test_bodies_that_are_no_json_have_the_one_shape(client: FlaskClient, body: bytes) -> None:
    url = "/api/v1/recommendations"
    response = client.post(url, data=body, content_type="application/json")
    assert response.status_code == 400
    assert error_of(response)["code"] == "bad_request"


@pytest.mark.parametrize("data", [b"", b"nothing", b"\xff\xd8\xff\xe0 cut"])
def test_bad_photos_have_the_one_shape(client: FlaskClient, data: bytes) -> None:
    response = client.post("/api/v1/expression", data=data, content_type="image/jpeg")
    assert response.status_code == 400
    assert error_of(response)["code"] == "photo"


def test_other_failures_have_the_one_shape(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert error_of(client.get("/nothing"))["code"] == "not_found"
    assert client.get("/nothing").status_code == 404
    assert error_of(client.get("/api/v1/expression"))["code"] == "method_not_allowed"
    form = client.post("/api/v1/expression", data={"other": (io.BytesIO(b"x"), "x")})
    assert error_of(form)["code"] == "bad_request"

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr("mien.server.api.recommend", breaks)
    response = client.post("/api/v1/recommendations", json={"emotion": "sad"})
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal"
    assert "secret" not in response.get_data(as_text=True)


def test_large_bodies_are_refused(jpeg: bytes) -> None:
    client = create_app(limits=Limits(bytes=1000)).test_client()
    for size in (1001, 100_000):
        response = client.post("/api/v1/expression", data=bytes(size), content_type="image/jpeg")
        assert response.status_code == 413
        assert error_of(response)["code"] == "too_large"
    page = client.post("/", data={"photo": (io.BytesIO(bytes(100_000)), "me.jpg")})
    assert page.status_code == 413
    assert "send a smaller copy" in page.get_data(as_text=True)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example"])
def test_other_names_for_this_server_are_refused(client: FlaskClient, host: str) -> None:
    response = client.get("/", headers={"Host": host})
    assert response.status_code == 403
    assert error_of(response)["code"] == "forbidden"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_its_own_names_are_served(client: FlaskClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).get_json()["status"] == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_pages_of_other_sites_may_not_post(client: FlaskClient, headers: dict[str, str]) -> None:
    response = client.post("/api/v1/recommendations", json={"emotion": "sad"}, headers=headers)
    assert response.status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert (
        client.post("/api/v1/recommendations", json={"emotion": "sad"}, headers=own).status_code
        == 200
    )


def test_every_answer_is_guarded(client: FlaskClient) -> None:
    for path in ("/", "/healthz", "/nothing", "/static/page.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers


def test_the_page_shows_text_as_text(client: FlaskClient) -> None:
    response = client.get("/?emotion=<script>alert(1)</script>")
    assert response.status_code == 400
    assert b"<script>" not in response.data


def nothing_may_be_written() -> None:
    """From here on this process cannot make a file grow, wherever it lies."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.fixture
def url() -> Iterator[str]:
    """`mien serve` on a free port, in a process that cannot write a byte to any file."""
    with serving(preexec_fn=nothing_may_be_written) as address:
        yield address


@pytest.mark.parametrize("form", [True, False])
def test_a_real_server_keeps_photos_off_the_disk(
    url: str, astronaut: UInt8Array, form: bool
) -> None:
    out = io.BytesIO()
    noisy = np.random.default_rng(0).integers(0, 30, (1500, 1500, 3), dtype=np.uint8)
    noisy[:512, :512] = astronaut
    Image.fromarray(noisy).save(out, "PNG")  # several MB: more than servers keep in memory
    body, kind = out.getvalue(), "image/png"
    assert len(body) > 2_000_000
    if form:
        head = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'
        body, kind = head + body + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"
    request = urllib.request.Request(
        f"{url}api/v1/expression", data=body, headers={"Content-Type": kind}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        assert json.load(response)["faces"][0]["label"] == "happy"


def test_a_port_that_is_taken_is_one_clear_line(url: str) -> None:
    port = url.rstrip("/").rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "mien", "serve", "--port", port],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert done.stderr.count("\n") == 1
