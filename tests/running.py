"""The command line, run in this process, and the JSON that it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mien import EMOTIONS
from mien.cli import main


def mien(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def answer(*arguments: str | Path, stdin: bytes | None = None) -> dict[str, object]:
    result = mien(*arguments, "--json", stdin=stdin)
    assert result.exit_code == 0, result.output
    parsed: dict[str, object] = json.loads(result.stdout)
    return parsed


FACE = [
    "box",
    "score",
    "expression",
    "label",
    "confidence",
    "contempt",
    "second",
    "valence",
    "arousal",
    "strength",
    "relative",
]


def check_shape(body: dict[str, object], faces: int) -> None:
    """The documented JSON, key by key and type by type."""
    assert list(body) == ["faces", "mood", "to", "ranking", "songs"]
    assert isinstance(body["faces"], list)
    assert len(body["faces"]) == faces
    for face in body["faces"]:
        assert list(face) == FACE
        assert len(face["box"]) == 4
        assert list(face["expression"]) == list(EMOTIONS)
        assert sum(face["expression"].values()) == pytest.approx(1, abs=1e-4)
        assert face["label"] in (*EMOTIONS, None)
        assert face["confidence"] == max(face["expression"].values())
    assert isinstance(body["mood"], dict)
    assert list(body["mood"]) == ["valence", "energy", "tempo"]
    assert isinstance(body["songs"], list)
    keys = [
        "rank",
        "id",
        "title",
        "artists",
        "genres",
        "valence",
        "energy",
        "tempo",
        "score",
        "why",
        "links",
        "genres_estimated",
        "album",
        "seconds",
        "audio",
        "cover",
        "stars",
        "said",
    ]
    for rank, song in enumerate(body["songs"], 1):
        assert list(song) == keys
        assert song["rank"] == rank
        assert isinstance(song["artists"], list)
        assert list(song["links"]) == ["spotify", "youtube"]
        assert song["links"]["spotify"].startswith("https://open.spotify.com/")
