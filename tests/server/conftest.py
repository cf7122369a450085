"""What the tests of the server share."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mien.server.app import create_app


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


@pytest.fixture
def jpeg(astronaut_jpg: Path) -> bytes:
    """A portrait that smiles, as a file."""
    return astronaut_jpg.read_bytes()
