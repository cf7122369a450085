"""The HTTP API and its guards, through the app and through a real server."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from running import check_shape
from serving import serving

from mien import Limits
from mien.server.access import Access
from mien.server.app import create_app
from mien.server.gate import Gate
from mien.support.arrays import UInt8Array


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
    for wrong in ({"n": "x"}, {"more": "1"}, {"seed": "-1"}, {"popularity": "3"}):
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


@pytest.mark.parametrize(
    "more", [{"like": ["nothing"]}, {"genres": ["nonsense"]}, {"catalogue": "nonsense"}]
)
def test_what_is_not_there_is_said(client: FlaskClient, more: dict[str, object]) -> None:
    response = client.post("/api/v1/recommendations", json={"emotion": "sad", **more})
    assert response.status_code == 404
    assert error_of(response)["code"] == "not_there"


def test_some_songs_never_come(client: FlaskClient) -> None:
    def ask(**more: object) -> list[str]:
        answer = client.post("/api/v1/recommendations", json={"emotion": "happy", **more})
        return [song["id"] for song in answer.get_json()["songs"]]

    first = ask()
    others = ask(never=first)
    assert len(others) == 6
    assert not set(others) & set(first)


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


TOKEN = "a token of the house"


class TestToken:
    @pytest.fixture
    def guarded(self) -> FlaskClient:
        return create_app(access=Access.beyond_loopback("0.0.0.0", TOKEN)).test_client()

    def test_without_it_only_health_and_style_are_told(self, guarded: FlaskClient) -> None:
        answer = guarded.post("/api/v1/recommendations", json={"emotion": "sad"})
        assert answer.status_code == 401
        assert "Bearer" in error_of(answer)["hint"]
        for path in ("/docs", "/openapi.json", "/api/v1/catalogue", "/nothing"):
            assert guarded.get(path).status_code == 401
        assert guarded.get("/healthz").status_code == 200
        assert guarded.get("/static/page.css").status_code == 200

    @pytest.mark.parametrize(
        ("header", "status"),
        [
            (f"Bearer {TOKEN}", 200),
            (f"bearer {TOKEN}", 200),
            (f"Bearer {TOKEN}x", 401),
            ("Bearer", 401),
            ("Bearer ü", 401),
            (f"Basic {TOKEN}", 401),
            (TOKEN, 401),
        ],
    )
    def test_in_a_header(self, guarded: FlaskClient, header: str, status: int) -> None:
        answer = guarded.get("/api/v1/catalogue", headers={"Authorization": header})
        assert answer.status_code == status

    def test_in_the_address_once(self, guarded: FlaskClient) -> None:
        asked = guarded.get("/")
        assert asked.status_code == 401
        assert 'name="token"' in asked.text
        wrong = guarded.get("/", query_string={"token": "guess"})
        assert wrong.status_code == 401
        assert "Set-Cookie" not in wrong.headers
        opened = guarded.get("/", query_string={"token": TOKEN})
        assert (opened.status_code, opened.location) == (303, "/")
        assert "HttpOnly" in opened.headers["Set-Cookie"]
        assert "SameSite=Strict" in opened.headers["Set-Cookie"]
        assert 'id="stage"' in guarded.get("/").text
        assert guarded.post("/api/v1/recommendations", json={"emotion": "sad"}).status_code == 200

    @pytest.mark.parametrize("host", ["192.168.1.7:8000", "[fe80::1]:8000", "localhost"])
    def test_addresses_are_served(self, guarded: FlaskClient, host: str) -> None:
        assert guarded.get("/healthz", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("host", ["evil.example", "192.168.1.7.evil.example", "[", ""])
    def test_foreign_names_are_not(self, guarded: FlaskClient, host: str) -> None:
        assert guarded.get("/healthz", headers={"Host": host}).status_code == 403


def test_pages_of_a_site_that_is_allowed_may_use_the_api() -> None:
    site = "https://music.example"
    client = create_app(access=Access(origins=(site,))).test_client()
    asked = client.options("/api/v1/recommendations", headers={"Origin": site})
    assert asked.headers["Access-Control-Allow-Origin"] == site
    assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]
    headers = {"Origin": site, "Sec-Fetch-Site": "cross-site"}
    answer = client.post("/api/v1/recommendations", json={"emotion": "sad"}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == site
    other = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = client.post("/api/v1/recommendations", json={"emotion": "sad"}, headers=other)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


class TestGate:
    """One request works, one waits; the app says when it is done."""

    @pytest.fixture
    def go_on(self) -> Iterator[threading.Event]:
        event = threading.Event()
        yield event
        event.set()

    def ask(self, gate: Gate, body: bytes = b"", path: str = "/api/v1/x") -> tuple[str, bytes]:
        said: list[tuple[str, dict[str, str]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
            said.append((status, dict(headers)))

        stream = io.BytesIO(body)
        answer = b"".join(gate({"PATH_INFO": path, "wsgi.input": stream}, start))
        assert stream.read() == b""
        if said[0][0].startswith("503"):
            assert int(said[0][1]["Retry-After"]) >= 1
            assert list(json.loads(answer)["error"]) == ["code", "message", "hint"]
        return said[0][0], answer

    def test_the_third_is_told_to_come_again(self, go_on: threading.Event) -> None:
        begun = threading.Semaphore(0)

        def app(environ: object, start: Any) -> list[bytes]:
            begun.release()
            assert go_on.wait(30)
            start("200 OK", [])
            return [b"done"]

        gate = Gate(app, working=1, waiting=1, patience=30)
        with ThreadPoolExecutor() as pool:
            first = pool.submit(self.ask, gate)
            assert begun.acquire(timeout=30)
            second = pool.submit(self.ask, gate)
            while gate._inside._value:  # until the second waits
                time.sleep(0.001)
            assert self.ask(gate, bytes(1_000_000))[0].startswith("503")
            go_on.set()
            assert first.result(30) == second.result(30) == ("200 OK", b"done")
        assert self.ask(gate) == ("200 OK", b"done")

    def test_who_waits_too_long_is_told_as_well(self, go_on: threading.Event) -> None:
        def app(environ: object, start: Any) -> list[bytes]:
            assert go_on.wait(30)
            start("200 OK", [])
            return []

        gate = Gate(app, working=1, waiting=1, patience=0.01)
        with ThreadPoolExecutor() as pool:
            first = pool.submit(self.ask, gate)
            while gate._working._value:
                time.sleep(0.001)
            assert self.ask(gate)[0].startswith("503")
            go_on.set()
            assert first.result(30)[0] == "200 OK"

    def test_a_failure_gives_its_place_back(self) -> None:
        def app(environ: object, start: object) -> list[bytes]:
            raise RuntimeError

        gate = Gate(app, working=1, waiting=0)
        for _ in range(3):
            with pytest.raises(RuntimeError):
                self.ask(gate)

    def test_pages_pass_by(self, go_on: threading.Event) -> None:
        def app(environ: dict[str, Any], start: Any) -> list[bytes]:
            if environ["PATH_INFO"].startswith("/api/"):
                assert go_on.wait(30)
            start("200 OK", [])
            return [b"page"]

        gate = Gate(app, working=1, waiting=0)
        with ThreadPoolExecutor() as pool:
            pool.submit(self.ask, gate)
            assert self.ask(gate, path="/healthz") == ("200 OK", b"page")
            go_on.set()


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


def test_frames_leave_nothing_behind(jpeg: bytes, tmp_path: Path) -> None:
    """After moments, readings and songs nothing lies in any folder that the server can name."""
    folders = {name: str(tmp_path / name) for name in ("HOME", "TMPDIR", "MIEN_HOME")}
    for folder in folders.values():
        Path(folder).mkdir()
    with serving(env={**os.environ, **folders}, cwd=tmp_path) as address:  # logs nothing
        head = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        form = head % (b"time", b"", b"0") + head % (b"photo", b'; filename="me.jpg"', jpeg)
        for path, body, kind in (
            ("moments", form + b"--b--\r\n", "multipart/form-data; boundary=b"),
            ("expression", jpeg, "image/jpeg"),
            ("recommendations", jpeg, "image/jpeg"),
            ("expression", jpeg[:-1000], "image/jpeg"),
        ):
            request = urllib.request.Request(
                f"{address}api/v1/{path}", data=body, headers={"Content-Type": kind}
            )
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(request, timeout=60).close()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in left if path.name != "astronaut.jpg"], left


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
    assert f"port {port} on 127.0.0.1 cannot be used (Address already in use)" in done.stderr
    assert "--port" in done.stderr
    assert done.stderr.count("\n") == 1


def test_far_too_large_bodies_have_the_one_shape(url: str) -> None:
    request = urllib.request.Request(f"{url}api/v1/expression", data=bytes(40_000_000))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 413
    assert json.load(refused.value)["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /\xff HTTP/1.1\r\n: \r\n\r\n"]
)
def test_broken_requests_have_the_one_shape(url: str, sent: bytes) -> None:
    port = int(url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] in (b"400", b"403")
    assert list(json.loads(body)["error"]) == ["code", "message", "hint"]


def test_many_at_once_get_an_answer_or_are_told_to_come_again(url: str, jpeg: bytes) -> None:
    def ask(_: int) -> int:
        request = urllib.request.Request(
            f"{url}api/v1/expression", data=jpeg, headers={"Content-Type": "image/jpeg"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            assert error.headers["Retry-After"]
            assert json.load(error)["error"]["code"] == "busy"
            return error.code

    with ThreadPoolExecutor(200) as pool:
        statuses = set(pool.map(ask, range(200)))
    assert statuses <= {200, 503}
    assert 200 in statuses


def test_other_machines_need_the_token_that_is_printed(tmp_path: Path) -> None:
    with serving("--host", "0.0.0.0", stopped_by=signal.SIGINT) as address:
        base, _, token = address.partition("?token=")
        base = base.replace("0.0.0.0", "127.0.0.1")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}api/v1/catalogue", timeout=30)
        assert refused.value.code == 401
        request = urllib.request.Request(
            f"{base}api/v1/catalogue", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            assert json.load(response)["name"] == "starter"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Paths of an authority's certificate, of one for localhost, and of its key."""
    import trustme

    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    paths = tuple(tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(paths[0])
    issued.cert_chain_pems[0].write_to_path(paths[1])
    issued.private_key_pem.write_to_path(paths[2])
    return paths[0], paths[1], paths[2]


def test_https(certificate: tuple[Path, Path, Path], jpeg: bytes) -> None:
    authority, cert, key = certificate
    with serving("--tls-cert", str(cert), "--tls-key", str(key)) as address:
        assert address.startswith("https://127.0.0.1:")
        url = f"{address.replace('127.0.0.1', 'localhost')}api/v1/expression"
        own = {"Origin": url.partition("/api")[0], "Content-Type": "image/jpeg"}
        request = urllib.request.Request(url, data=jpeg, headers=own)
        context = ssl.create_default_context(cafile=str(authority))
        with urllib.request.urlopen(request, timeout=60, context=context) as response:
            assert json.load(response)["faces"][0]["label"] == "happy"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tls-cert", "a.pem"], "give both"),
        (["--tls-cert", "a.pem", "--tls-key", "b.pem"], "cannot be used (No such file"),
        (["--tls-cert", __file__, "--tls-key", __file__], "PEM"),
        (["--token", "short"], "12 letters"),
        (["--host", "192.0.2.1"], "192.0.2.1 cannot be used"),
        (["--host", "no.such.host.invalid"], "cannot be used"),
    ],
)
def test_options_that_cannot_be_met_are_one_clear_line(options: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mien", "serve", "--port", "0", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_begun_is_finished_when_the_server_stops(tmp_path: Path) -> None:
    """A request that is on its way when SIGTERM comes is answered."""
    with serving() as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        body = b'{"emotion": "sad"}'
        head = f"POST /api/v1/recommendations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        connection.sendall(head.encode() + body[:5])
        time.sleep(0.3)  # so that it is in the server's hands
        rest = threading.Timer(0.5, connection.sendall, [body[5:]])
        rest.start()
    with connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
