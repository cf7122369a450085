"""The app around the API: pages, headers, failures."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from serving import error_of

from mien import Limits
from mien.server.app import create_app


def test_every_response_is_protected(client: FlaskClient) -> None:
    for path in ("/", "/healthz", "/nothing", "/static/page.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers


def test_failures_of_http_have_the_one_shape(client: FlaskClient) -> None:
    missing = client.get("/nothing")
    assert (missing.status_code, error_of(missing)["code"]) == (404, "not_found")
    assert "/docs" in error_of(missing)["hint"]
    wrong = client.get("/api/v1/expression")
    assert (wrong.status_code, error_of(wrong)["code"]) == (405, "method_not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    form = client.post("/api/v1/expression", data={"other": (io.BytesIO(b"x"), "x")})
    assert (form.status_code, error_of(form)["code"]) == (400, "bad_request")


def test_people_who_go_astray_get_a_page_and_programs_json(client: FlaskClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    page = client.get("/song", headers=browser)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert 'href="/"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for path, headers in (
        ("/song", {"Accept": "application/json"}),
        ("/song", {"Accept": "*/*"}),
        ("/api/v1/nothing", browser),
    ):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.mimetype) == (404, "application/json")


def test_an_installed_page_finds_its_icon(client: FlaskClient) -> None:
    manifest = client.get("/static/manifest.webmanifest").get_json(force=True)
    assert client.get(manifest["start_url"]).status_code == 200
    for icon in manifest["icons"]:
        found = client.get(f"/static/{icon['src']}")
        assert (found.status_code, found.mimetype) == (200, icon["type"])


def test_failures_of_our_own_have_the_one_shape(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr("mien.server.api.run_query", breaks)
    response = client.post("/api/v1/recommendations", json={"emotion": "sad"})
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal"
    assert "secret" not in response.get_data(as_text=True)


def test_large_bodies_are_refused() -> None:
    client = create_app(limits=Limits(bytes=1000)).test_client()
    for size in (1001, 100_000):
        response = client.post("/api/v1/expression", data=bytes(size), content_type="image/jpeg")
        assert response.status_code == 413
        assert error_of(response)["code"] == "too_large"


def test_health(client: FlaskClient) -> None:
    from mien import __version__

    assert client.get("/healthz").get_json() == {"status": "ok", "version": __version__}
