"""The results that are recorded, and how they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mien.research.evaluation import measure, record
from mien.research.evaluation.classical import ClassicalScores
from mien.research.evaluation.judged import JudgedScores
from mien.research.evaluation.measure import RESULTS, Subjects, measurements, to_json
from mien.research.evaluation.ranking import Estimate, MoodScores, RankingScores, ServedScores


def test_every_result_that_ships_can_be_measured(tmp_path: Path) -> None:
    runs = dict.fromkeys(("expression", "live", "paper"), tmp_path)
    networks = dict.fromkeys(runs, tmp_path / "expression.onnx")
    known = measurements(Subjects(networks, runs, peer=tmp_path / "fer.whl"))
    assert {path.stem for path in RESULTS.glob("*.json")} == set(known)


def test_scores_become_json() -> None:
    mood = MoodScores(2, Estimate(0.5, 0.4, 0.6), {6: Estimate(1, 1, 1)}, None)
    judged = JudgedScores.of({"sad": (0.1, 0.2, 0.3)})
    served = {"sad": ServedScores(1, 2, 3)}
    scores = {"random": RankingScores({"set": {"sad": mood}}, served, 0.1, judged)}
    (ranking,) = json.loads(json.dumps(to_json(scores))).values()
    assert list(ranking) == ["listeners", "served", "appearing", "judged"]
    assert ranking["judged"]["moods"] == {"sad": [0.1, 0.2, 0.3]}
    assert ranking["listeners"]["set"]["sad"]["precision"] == {
        "6": {"value": 1, "low": 1, "high": 1}
    }
    learner = ClassicalScores("hog", "linear SVM", {"C": 0.1}, 0.2, 0.3, 0.1, 1.0, [[1]])
    assert to_json([learner])[0]["setting"] == {"C": 0.1}


def test_records_a_result_and_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    epochs = [{"number": 1, "public_accuracy": 0.2}]
    (tmp_path / "history.json").write_text(json.dumps(epochs))
    card = tmp_path / "README.md"
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    monkeypatch.setattr(record, "CARD", card)
    record.main([f"{tmp_path.name}-history", "--run", str(tmp_path)])
    written = (tmp_path / f"{tmp_path.name}-history.json").read_text()
    assert written == json.dumps(epochs, indent=1) + "\n"
    assert "<!-- scores -->" in card.read_text()


def test_an_unknown_result_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        record.main(["peer-private"])  # without --peer
    assert "expression-public, expression-private" in capsys.readouterr().err


def test_speed_uses_the_starter_without_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Path | None] = []
    monkeypatch.setattr("mien.research.evaluation.speed.evaluate_speed", used.append)
    monkeypatch.delenv("MIEN_DATA", raising=False)
    measure.measurements(Subjects())["speed"]()
    measure.measurements(Subjects(folder=tmp_path))["speed"]()
    songs = tmp_path / "spotify-tracks" / "dataset.csv"
    songs.parent.mkdir()
    songs.touch()
    measure.measurements(Subjects(folder=tmp_path))["speed"]()
    assert used == [None, None, songs]
