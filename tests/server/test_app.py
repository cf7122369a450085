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
