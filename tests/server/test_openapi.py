"""The OpenAPI document, against the app, and the real server against it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from flask.testing import FlaskClient
from serving import serving

from mien.emotions import EMOTIONS
from mien.recommendation.query import FAMILIARITY, MAX_SEED, RANKINGS, SUBJECTS
from mien.server.app import create_app
from mien.server.openapi import specification
from mien.server.schemas import MAX_NEVER, MAX_SONGS


def test_the_documents_describe_what_is_served(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert document == json.loads(json.dumps(specification()))
    served = {
        str(rule).replace("<form>", "{form}").replace("<path:song_id>", "{song_id}")
        for rule in create_app().url_map.iter_rules()
        if str(rule).startswith("/api") or str(rule) == "/healthz"
    }
    assert served == set(document["paths"])
    page = client.get("/docs").get_data(as_text=True)
    for path, methods in document["paths"].items():
        assert f"POST {path}" in page or f"GET {path}" in page
        for operation in methods.values():
            assert operation["summary"] in page
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page


def test_limits_and_choices_are_those_of_the_code() -> None:
    schemas = specification()["components"]["schemas"]
    request = schemas["RecommendationRequest"]
    fields = request["properties"]
    assert fields["ranking"]["enum"] == list(RANKINGS)
    assert fields["n"]["maximum"] == MAX_SONGS
    assert fields["never"]["maxItems"] == MAX_NEVER
    assert {"type": "integer", "minimum": 0, "maximum": MAX_SEED} in fields["seed"]["anyOf"]
    assert fields["emotion"]["enum"] == list(SUBJECTS)
    assert fields["familiarity"]["enum"] == list(FAMILIARITY)
    assert {"required": ["mood"]} in request["oneOf"]
    assert list(schemas["Expression"]["properties"]) == list(EMOTIONS)
    assert [rule["required"] for rule in schemas["RatingRequest"]["oneOf"]] == [["stars"], ["said"]]
    assert {"whom", "away", "met"} <= set(schemas["Moment"]["properties"])


def test_every_reference_leads_somewhere() -> None:
    document = json.dumps(specification())
    for part in document.split('"$ref": "#/components/schemas/')[1:]:
        assert part.partition('"')[0] in specification()["components"]["schemas"]


def test_fields_of_forms_are_left_out_rather_than_null() -> None:
    content = specification()["paths"]["/api/v1/recommendations"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]
    assert form["required"] == ["photo"]
    assert "null" not in json.dumps(form["properties"])
    assert content["application/json"]["schema"]["$ref"].endswith("/RecommendationRequest")


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "MIEN_HOME": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join(
            filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH")))
        ),
        "SCHEMATHESIS_HOOKS": "pictures_for_schemathesis",
    }
    run = [str(Path(sys.executable).with_name("schemathesis")), "run", "--checks=all", "--no-color"]
    run += ["--max-examples=25", "--seed=1", "--generation-database=none"]
    with serving(env=environment) as address:
        done = subprocess.run(
            [*run, f"{address}openapi.json"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
    assert done.returncode == 0, done.stdout
