"""Who may use the server: names, sites, tokens."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from serving import error_of

from mien.server.access import Access
from mien.server.app import create_app

TOKEN = "a token of the house"
SONGS = "/api/v1/recommendations"
SAD = {"emotion": "sad"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example"])
def test_foreign_names_are_refused(client: FlaskClient, host: str) -> None:
    response = client.get("/", headers={"Host": host})
    assert response.status_code == 403
    assert error_of(response)["code"] == "forbidden"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_own_names_are_served(client: FlaskClient, host: str) -> None:
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
    response = client.post(SONGS, json=SAD, headers=headers)
    assert response.status_code == 403
    assert error_of(response)["code"] == "forbidden"
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post(SONGS, json=SAD, headers=own).status_code == 200


def test_pages_of_an_allowed_site_may_use_the_api() -> None:
    site = "https://music.example"
    client = create_app(access=Access(origins=(site,))).test_client()
    preflight = client.options(SONGS, headers={"Origin": site})
    assert preflight.headers["Access-Control-Allow-Origin"] == site
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    headers = {"Origin": site, "Sec-Fetch-Site": "cross-site"}
    response = client.post(SONGS, json=SAD, headers=headers)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == site
    other = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    response = client.post(SONGS, json=SAD, headers=other)
    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response.headers


class TestToken:
    @pytest.fixture
    def guarded(self) -> FlaskClient:
        return create_app(access=Access.beyond_loopback("0.0.0.0", TOKEN)).test_client()

    def test_without_it_only_health_and_style_are_served(self, guarded: FlaskClient) -> None:
        response = guarded.post(SONGS, json=SAD)
        assert response.status_code == 401
        assert error_of(response)["code"] == "no_token"
        assert "Bearer" in error_of(response)["hint"]
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
        response = guarded.get("/api/v1/catalogue", headers={"Authorization": header})
        assert response.status_code == status

    def test_in_the_address_once(self, guarded: FlaskClient) -> None:
        form = guarded.get("/")
        assert form.status_code == 401
        assert 'name="token"' in form.text
        wrong = guarded.get("/", query_string={"token": "guess"})
        assert wrong.status_code == 401
        assert "That token is not correct" in wrong.text
        assert "Set-Cookie" not in wrong.headers
        opened = guarded.get("/", query_string={"token": TOKEN})
        assert (opened.status_code, opened.location) == (303, "/")
        assert "HttpOnly" in opened.headers["Set-Cookie"]
        assert "SameSite=Strict" in opened.headers["Set-Cookie"]
        assert 'id="stage"' in guarded.get("/").text
        assert guarded.post(SONGS, json=SAD).status_code == 200

    @pytest.mark.parametrize("host", ["192.168.1.7:8000", "[fe80::1]:8000", "localhost"])
    def test_addresses_are_served(self, guarded: FlaskClient, host: str) -> None:
        assert guarded.get("/healthz", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("host", ["evil.example", "192.168.1.7.evil.example", "[", ""])
    def test_foreign_names_are_not(self, guarded: FlaskClient, host: str) -> None:
        assert guarded.get("/healthz", headers={"Host": host}).status_code == 403
